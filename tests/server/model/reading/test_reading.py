"""How code is read: normalised, cut into words, and its comments told apart."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.languages import KEYWORDS, MODEL_LANGUAGES
from codeorigin.model.ngrams.hashed_views import comment_items
from codeorigin.model.reading import words
from codeorigin.model.reading.comments import find_comments, read_comments
from codeorigin.model.reading.normalize import LEVEL_MARK, MAX_LEVEL, normalize
from codeorigin.model.reading.words import Vocabulary, fnv1a, shape, word_pattern
from support.recorded_code import pieces
from support.snippets import ALL

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


ASCII = st.text(
    st.one_of(st.sampled_from("=-+*/.:<>!&|?%^\"'\n\t _09aZx\x1c"), st.characters(codec="ascii")),
    max_size=40,
)


ALPHABETS = (
    "".join(map(chr, range(128))),
    "a1._ \t\n",
    "..1a0xB ",
    "=+-*/<>!&|?:^%\"'. ",
    "\n\t\t x",
    "abAB__01 if()",
)
TEXTS = st.one_of(*(st.text(st.sampled_from(alphabet), max_size=60) for alphabet in ALPHABETS))


@given(ASCII)
def test_ascii_and_general_expressions_find_the_same_words(text: str) -> None:
    # A non-ASCII letter at the end selects the general expression.
    assert [*word_pattern(text).findall(text), "é"] == word_pattern(text + " é").findall(text + " é")


@given(ASCII)
def test_appending_a_non_ascii_letter_keeps_the_shape_so_far(text: str) -> None:
    for word in word_pattern(text).findall(text):
        if word[0].isalpha():
            beyond = word + "é"
            # The letter joins the last run of lowercase letters, or begins one; the length may cross a step.
            assert shape(beyond)[:-1].startswith(shape(word)[:-1])


def check_words(text: str, language: str) -> None:
    words, vocabulary = word_pattern(text).findall(text), Vocabulary()
    numbers = vocabulary.numbers(words, len(words))
    assert vocabulary.words(numbers).tolist() == [fnv1a(word) for word in words]
    shapes = [word if word in KEYWORDS[language] else shape(word) for word in words]
    assert vocabulary.shapes(numbers, language).tolist() == [fnv1a(form) for form in shapes]


@given(TEXTS, st.sampled_from(sorted(KEYWORDS)))
def test_words_and_shapes_are_hashed_as_one_by_one(text: str, language: str) -> None:
    check_words(text, language)


@pytest.mark.parametrize("language", sorted(KEYWORDS))
def test_words_and_shapes_of_real_code_are_hashed_as_one_by_one(language: str) -> None:
    for code, _ in ALL:
        check_words(code, language)


def test_known_hashes() -> None:
    assert fnv1a("") == 0xCBF29CE484222325
    assert fnv1a("a") == 0xAF63DC4C8601EC8C
    assert fnv1a("foobar") == 0x85944171F73967E8


def test_growing_and_trimming_the_vocabulary_changes_no_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_MOST_CHARACTERS", 50_000)
    vocabulary = Vocabulary()
    fresh = len(vocabulary)
    found = [f"word_{number}" for number in range(9000)]
    before = vocabulary.words(vocabulary.numbers(found, len(found)))
    assert len(vocabulary) == fresh + 9000
    vocabulary.trim()
    assert len(vocabulary) == fresh
    after = vocabulary.words(vocabulary.numbers(reversed(found), len(found)))
    np.testing.assert_array_equal(before, after[::-1])
    assert before[:2].tolist() == [fnv1a("word_0"), fnv1a("word_1")]


LANGUAGES = tuple(MODEL_LANGUAGES)


def comments(code: str, language: str) -> list[str]:
    text = normalize(code, language).text
    return [text[start:end] for start, end in find_comments(text, language)]


@pytest.mark.parametrize(
    ("language", "code", "expected"),
    [
        ("python", "x = \"# no\" + '# no'  # yes", ["# yes"]),
        ("python", 'def f():\n    r"""Says # this."""\n    return """# not"""', ['r"""Says # this."""']),
        ("python", "def f():\n    '''Open", ["'''Open"]),
        ("ruby", 'puts "#{name} # no" # yes\n=begin\nall\n=end\nx', ["# yes", "=begin\n\tall\n\t=end"]),
        (
            "php",
            "#[Pure]\n# one\n$x = 'http://a'; // two\n/* three\n */",
            ["# one", "// two", "/* three\n\t*/"],
        ),
        ("javascript", "const u = `http://a`; // b\n/* c */ f('/*')", ["// b", "/* c */"]),
        ("typescript", "const s = '\\'//'; // b", ["// b"]),
        ("go", "s := `\\` // b", ["// b"]),
        ("rust", "fn f<'a>(s: &'a str) -> char { '/' /* b */ } // c", ["/* b */", "// c"]),
        ("cpp", "auto n = 1'000'000; // a\nchar q = '\"'; // b", ["// a", "// b"]),
        ("csharp", "var c = '\\u0022'; // a", ["// a"]),
        ("java", "/** a\n * b", ["/** a\n\t* b"]),
        ("c", "x = a / b / c;", []),
    ],
)
def test_comments_are_told_apart_from_strings(language: str, code: str, expected: list[str]) -> None:
    assert comments(code, language) == expected


@given(st.text(alphabet="\"'`#/*\\=[]\n\t ab1{}", max_size=80), st.sampled_from(LANGUAGES))
def test_ranges_are_in_order_disjoint_and_not_empty(text: str, language: str) -> None:
    places = [0, *(place for each in find_comments(text, language) for place in each), len(text)]
    assert places == sorted(places)
    assert all(start < end for start, end in find_comments(text, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("piece", ['"', "'", "`", "/*", "//", "#", "\\", "'\\", '"""', "=begin", "\n'"])
def test_long_run_of_openers_is_read_in_linear_time(language: str, piece: str) -> None:
    """Quadratic backtracking would take minutes here."""
    text = piece * 200_000
    covered = sum(end - start for start, end in find_comments(text, language))
    assert covered <= len(text)


def check_comments(texts: list[str], language: str) -> int:
    comments = [(owner, each) for owner, text in enumerate(texts) for each in read_comments(text, language)]
    found = comment_items(texts, language, Vocabulary())
    assert found.hashes.tolist() == [fnv1a(item) for _, each in comments for item in each.items()]
    assert found.lengths.tolist() == [len(each.items()) for _, each in comments]
    assert found.owners.tolist() == [owner for owner, _ in comments]
    return len(comments)


def test_items_of_comments_in_real_code_are_hashed_as_one_by_one() -> None:
    by_language: dict[str, list[str]] = {}
    for code, language in pieces():
        by_language.setdefault(language, []).append(normalize(code, language).text)
    assert sum(check_comments(texts, language) for language, texts in by_language.items()) > 100


@given(
    st.lists(st.text(alphabet="\"'`#/*\\= \n\t a1é§.if", max_size=60), max_size=4),
    st.sampled_from(LANGUAGES),
)
def test_items_of_comments_in_any_text_are_hashed_as_one_by_one(texts: list[str], language: str) -> None:
    check_comments(texts, language)
