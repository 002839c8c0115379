import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.reading.normalize import LEVEL_MARK, MAX_LEVEL, normalize

ANY_TEXT = st.text(
    st.one_of(
        st.sampled_from(" \t\n\r\f\v\u2028\x85\x00\ufeff{}()@:;#'\"abdefn"),
        st.characters(codec=None),
        st.characters(categories=["Cs"]),
    ),
    max_size=200,
)


def places(code: str, language: str = "python") -> list[tuple[str, int, int]]:
    normalized = normalize(code, language)
    return list(zip(normalized.text, normalized.lines.tolist(), normalized.columns.tolist(), strict=True))


def test_every_character_maps_to_its_line_and_column() -> None:
    assert places("if a:\r\n\r\n\r\n    b  \r\n\tc\r😀 d") == [
        *[("i", 0, 0), ("f", 0, 1), (" ", 0, 2), ("a", 0, 3), (":", 0, 4)],
        *[("\n", 0, 5), ("\n", 0, 5), ("\t", 3, 0), ("b", 3, 4)],
        *[("\n", 3, 5), ("\t", 4, 0), ("c", 4, 1)],
        *[("\n", 4, 2), ("\t", 5, 0), ("😀", 5, 0), (" ", 5, 1), ("d", 5, 2)],
    ]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_line_ends_trailing_blanks_and_indentation_width_do_not_matter(line_end: str) -> None:
    reference = normalize("def f(x):\n    if x:\n        return 1\n", "python").text
    variants = [
        ["def f(x):", "  if x:", "    return 1"],
        ["def f(x):", "\tif x:", "\t\treturn 1"],
        ["def f(x):   ", "    if x:\t", "        return 1 ", "", ""],
        ["    def f(x):", "        if x:", "            return 1"],
        ["def f(x):", "        if x:", "            return 1"],
    ]
    for variant in variants:
        assert normalize(line_end.join(variant), "python").text == reference
    assert reference == "def f(x):\n\tif x:\n\t\treturn 1"


def test_indentation_of_the_first_line_does_not_matter() -> None:
    cut_out = "int f() {\n        return 1;\n    }"
    whole = "    int f() {\n        return 1;\n    }"
    assert normalize(cut_out, "java").text == normalize(whole, "java").text == "int f() {\n\treturn 1;\n}"


def test_block_comment_alignment_is_not_a_level() -> None:
    code = "/**\n * One.\n */\nvoid f() {\n    g();\n}"
    assert normalize(code, "java").text == "/**\n* One.\n*/\nvoid f() {\n\tg();\n}"


def test_decorators_are_left_out_but_still_count_as_lines() -> None:
    normalized = normalize("@cache\n@app.get(\n    '/',\n)\nasync def f():\n    return 1", "python")
    assert normalized.text == "async def f():\n\treturn 1"
    assert sorted(set(normalized.lines.tolist())) == [4, 5]
    assert normalize("@Override\nint f() {}", "java").text.startswith("@Override")


def test_nesting_is_bounded() -> None:
    code = "\n".join(" " * (4 * depth) + "x" for depth in range(MAX_LEVEL + 9))
    deepest = max(
        len(line) - len(line.lstrip(LEVEL_MARK)) for line in normalize(code, "python").text.split("\n")
    )
    assert deepest == MAX_LEVEL


@pytest.mark.parametrize("code", ["", "\n", " \t\r\n\f\n", "\ufeff"])
def test_blank_code_normalizes_to_empty_text(code: str) -> None:
    normalized = normalize(code, "python")
    assert (normalized.text, len(normalized.lines), len(normalized.columns)) == ("", 0, 0)


@given(ANY_TEXT, st.sampled_from(["python", "java", "ruby"]))
def test_characters_of_any_text_keep_their_positions(code: str, language: str) -> None:
    raw_lines = re.split(r"\r\n|\r|\n", code)
    normalized = normalize(code, language)
    lines, columns = normalized.lines.tolist(), normalized.columns.tolist()
    assert len(normalized.text) == len(lines) == len(columns)
    assert lines == sorted(lines)
    kept: dict[int, str] = {}
    at_start = True
    for character, line, column in zip(normalized.text, lines, columns, strict=True):
        mark = at_start and character == LEVEL_MARK
        at_start = character == "\n" or mark
        if character != "\n" and not mark:
            assert raw_lines[line][column] == character
            kept[line] = kept.get(line, "") + character
    blanks = " \t\f\v\u00a0\ufeff"
    first = min(kept, default=0)
    expected = {
        number: raw.strip(blanks)
        for number, raw in enumerate(raw_lines)
        if number >= first and raw.strip(blanks)
    }
    assert kept == expected


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing(code: str) -> None:
    once = normalize(code, "java").text
    assert normalize(once, "java").text == once
