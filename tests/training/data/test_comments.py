"""Functions without their comments, in every language and for any text."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeorigin.languages import LANGUAGES
from codeorigin_training.data.comments import without_comments

_SAMPLES = Path(__file__).parents[2] / "fixtures" / "standalone"
FUNCTIONS = {name: (_SAMPLES / f"{name}.txt").read_text("utf-8").removesuffix("\n") for name in LANGUAGES}
"""One function by language, as it appears in a corpus: alone, with its file's indentation, with comments."""

_WORDS = """
    " ' \"\"\" ` ${ #{ { } ( ) [ ] // /* */ # <<A \\ ; : ?> => = , @x else end class%A $a%=% case%1: do%|a| pass f'{a}'
"""
_pieces = st.sampled_from(
    [
        *(word.replace("%", " ") for word in _WORDS.split()),
        *("\n", "\r\n", "\r", "\t", "    ", "\0", "\ud800", "\ufeff", "\u2028", "=begin\n"),
    ]
)
texts = st.one_of(st.text(max_size=60), st.lists(_pieces, max_size=25).map("".join))


def ink(code: str) -> str:
    return "".join(code.split())


@pytest.mark.parametrize("language", FUNCTIONS)
def test_removed_comments_are_what_is_missing(language: str) -> None:
    code = FUNCTIONS[language]
    result, taken = without_comments(code, language)
    assert taken
    assert sorted(ink(result + "".join(taken))) == sorted(ink(code))
    assert without_comments(result, language) == (result, [])
    assert not any(line != line.rstrip() for line in result.split("\n"))


@pytest.mark.parametrize(
    ("language", "left"),
    [
        ("python", "'total # %s'"),
        ("python", "    # kept as it is\n"),
        ("javascript", "'https://example.test/*not*/'"),
        ("javascript", "`\n  // ${title}\n`"),
        ("tsx", 'title="a // b"'),
        ("go", "`raw // text\n  stays`"),
        ("c", '"at // %d"'),
        ("cpp", 'R"(raw // text\n  stays)"'),
        ("php", "'a # b'"),
        ("ruby", "      # kept as it is\n"),
    ],
)
def test_strings_that_look_like_comments_stay(language: str, left: str) -> None:
    assert left in without_comments(FUNCTIONS[language], language)[0]


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        (
            "python",
            'def f(x):\n    """All.\n\n    Of it."""\n\n    return x  # two',
            "def f(x):\n    return x",
        ),
        ("java", "void f() {\n    a();\n\n    // why\n\n    b();\n}", "void f() {\n    a();\n\n    b();\n}"),
        ("javascript", "f(a, /* last */ b);", "f(a, b);"),
        ("c", "  /* one */ return a;", "  return a;"),
        ("python", "# a comment alone", "# a comment alone"),
        ("klingon", "x = 1  # one", "x = 1  # one"),
    ],
)
def test_lines_of_comments_go_with_the_blank_lines_after_them(
    language: str, code: str, expected: str
) -> None:
    assert without_comments(code, language)[0] == expected


@settings(max_examples=60)
@given(code=texts, language=st.sampled_from(list(LANGUAGES)))
def test_no_text_raises(code: str, language: str) -> None:
    assert isinstance(without_comments(code, language)[0], str)
