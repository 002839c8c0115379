import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.ngrams.hashed_views import comment_items
from codeorigin.model.reading.comments import find_comments, read_comments
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.reading.words import Vocabulary, fnv1a
from support.recorded_code import pieces

LANGUAGES = ("python", "ruby", "php", "javascript", "typescript", "go", "rust", "c", "cpp", "csharp", "java")


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
