"""Edits of a text: the result is that of replacing in the whole text, at the cost of the edits alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.workspace import PositionCodec

from codeorigin.lsp.documents import edited_text
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.documents.edited_text import EditedText
from codeorigin.text.positions import LineIndex, PositionEncoding

TEXTS = st.text(st.sampled_from("ab\n\r\u00e9\U0001d499\u2028\ud800"), max_size=20)
POSITIONS = st.tuples(st.integers(-1, 8), st.integers(-1, 12))


def replaced(
    text: str, start: tuple[int, int], end: tuple[int, int], new: str, encoding: PositionEncoding
) -> str:
    """What an edit means."""
    index = LineIndex(text)

    def offset(line: int, units: int) -> int:
        if line < 0 or line >= index.line_count:
            return index.position_to_offset(line, 0)
        return index.position_to_offset(line, index.units_to_column(line, units, encoding))

    first = offset(*start)
    return text[:first] + new + text[max(first, offset(*end)) :]


@given(
    TEXTS,
    st.lists(st.tuples(POSITIONS, POSITIONS, TEXTS), max_size=6),
    st.sampled_from(PositionEncoding),
)
def test_edits_are_those_of_the_whole_text(
    text: str, edits: list[tuple[tuple[int, int], tuple[int, int], str]], encoding: PositionEncoding
) -> None:
    edited = EditedText(text, encoding)
    for start, end, new in edits:
        edited.replace(start, end, new)
        text = replaced(text, start, end, new, encoding)
        assert edited.text == text


COUNT = 2_000
LINES = [(line, 12) for line in range(0, COUNT, 10)]
"""Places of the name."""


@pytest.mark.parametrize("kind", types.PositionEncodingKind)
@pytest.mark.parametrize(("ending", "places"), [("\n", LINES[::-1]), ("\n", LINES), ("\r\n", LINES)])
def test_each_edit_of_a_message_costs_no_more_than_a_few_lines(
    monkeypatch: pytest.MonkeyPatch,
    kind: types.PositionEncodingKind,
    ending: str,
    places: list[tuple[int, int]],
) -> None:
    handled = 0

    class Counted(LineIndex):
        def __init__(self, text: str) -> None:
            nonlocal handled
            handled += len(text)
            super().__init__(text)

    monkeypatch.setattr(edited_text, "LineIndex", Counted)
    monkeypatch.setattr("codeorigin.lsp.documents.documents.LineIndex", Counted)
    old = "    value = old_name(value)"
    document = SourceDocument(
        "file:///a.py", source=(old + ending) * COUNT, position_codec=PositionCodec(kind)
    )
    for line, column in places:
        place = types.Range(types.Position(line, column), types.Position(line, column + 8))
        document.apply_change(types.TextDocumentContentChangePartial(place, "new_name"))
    assert document.source.count("new_name") == len(places)
    assert document.source.replace("new", "old") == (old + ending) * COUNT
    assert handled <= len(document.source) + 10 * len(old) * len(places)


def test_column_after_characters_of_two_units_is_found_in_a_long_line() -> None:
    text = "\U0001d499a" * 1_000
    index = LineIndex(text)
    found = [index.units_to_column(0, units, PositionEncoding.UTF16) for units in (0, 1, 2, 3, 2_999, 9_000)]
    assert found == [0, 0, 1, 2, 1_999, 2_000]
