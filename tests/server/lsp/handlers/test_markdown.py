"""Document text inside Markdown."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.lsp.handlers.markdown import code_span, literal, visible

FENCED = re.compile(r"^(`+)( ?)(.*?)\2\1$", re.DOTALL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1", "`x = 1`"),
        ("a `b` c", "``a `b` c``"),
        ("`b`", "`` `b` ``"),
        ("```", "```` ``` ````"),
        ("   ", "*(blank)*"),
        ("", "*(blank)*"),
        ("a | b", "`a | b`"),
        ("<b>x</b>", "`<b>x</b>`"),
    ],
)
def test_code_spans(text: str, expected: str) -> None:
    assert code_span(text) == expected


def test_invisible_and_bidi_characters_are_made_visible() -> None:
    assert visible("a\u202eb\u2066c\u200bd\0e\ufeff\x1b[0m") == "a·b·c·d·e··[0m"
    assert visible("tab\tline\nend\u2028") == "tab line end·"
    assert visible("lone \ud800") == "lone \ufffd"


@given(text=st.text())
def test_text_never_ends_its_own_code_span(text: str) -> None:
    shown = code_span(text)
    if shown == "*(blank)*":
        return
    match = FENCED.match(shown)
    assert match is not None
    fence, inside = match.group(1), match.group(3)
    assert fence not in re.findall("`+", inside)
    assert "\n" not in shown
    shown.encode()


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        (
            "No explanation: hover again in a moment (soon).",
            "No explanation: hover again in a moment (soon).",
        ),
        ("a [link](command:x) is judged", "`a [link](command:x) is judged`"),
        ("see www.example.org", "`see www.example.org`"),
        ("- no list", "`- no list`"),
        ("1. no list", "`1. no list`"),
    ],
)
def test_sentences_are_shown_as_they_are_or_as_code_and_never_escaped(sentence: str, shown: str) -> None:
    assert literal(sentence) == shown


@given(text=st.text())
def test_literal_text_contains_no_markup(text: str) -> None:
    shown = literal(text)
    assert shown == "*(blank)*" or FENCED.match(shown) or not re.search(r"[\\`*_\[\]<>|&~]|://", shown)
