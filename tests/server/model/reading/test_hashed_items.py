"""The hashes of words and of the items of comments, beside those computed one by one."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.languages import KEYWORDS
from codeorigin.model.reading.comments import read_comments
from codeorigin.model.reading.hashed_items import comment_items, hash_words
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.reading.words import Vocabulary, fnv1a, shape, word_pattern
from support.recorded_code import pieces
from support.snippets import ALL

ALPHABETS = (
    "".join(map(chr, range(128))),
    "a1._ \t\n",
    "..1a0xB ",
    "=+-*/<>!&|?:^%\"'. ",
    "\n\t\t x",
    "abAB__01 if()",
)
TEXTS = st.one_of(*(st.text(st.sampled_from(alphabet), max_size=60) for alphabet in ALPHABETS))


def check_words(texts: Sequence[str], language: str) -> None:
    words = [word_pattern(text).findall(text) for text in texts]
    found = hash_words(texts, language, Vocabulary())
    assert found.counts.tolist() == [len(each) for each in words]
    flat = [word for each in words for word in each]
    assert found.words.tolist() == [fnv1a(word) for word in flat]
    shapes = [word if word in KEYWORDS[language] else shape(word) for word in flat]
    assert found.shapes.tolist() == [fnv1a(form) for form in shapes]
    assert hash_words(texts, None, Vocabulary()).words.tolist() == found.words.tolist()


@given(st.lists(TEXTS, max_size=4), st.sampled_from(sorted(KEYWORDS)))
def test_words_and_shapes_match_the_regular_expression(texts: list[str], language: str) -> None:
    check_words(texts, language)


@pytest.mark.parametrize("language", sorted(KEYWORDS))
def test_real_code_matches_the_regular_expression(language: str) -> None:
    check_words([code for code, _ in ALL], language)


@pytest.mark.parametrize(
    "text", ["a" * 300, "_" * 300, "\n" + "\t" * 100, "/" * 99 + "*" * 99 + "/", "1." * 200, "\t\n"]
)
def test_long_words_match_the_regular_expression(text: str) -> None:
    check_words([text, "x", text], "python")


def check_comments(texts: list[str], language: str) -> int:
    comments = [(owner, each) for owner, text in enumerate(texts) for each in read_comments(text, language)]
    found = comment_items(texts, language, Vocabulary())
    assert found.hashes.tolist() == [fnv1a(item) for _, each in comments for item in each.items()]
    assert found.lengths.tolist() == [len(each.items()) for _, each in comments]
    assert found.owners.tolist() == [owner for owner, _ in comments]
    return len(comments)


def test_comment_items_of_real_code_match() -> None:
    by_language: dict[str, list[str]] = {}
    for code, language in pieces():
        by_language.setdefault(language, []).append(normalize(code, language).text)
    assert sum(check_comments(texts, language) for language, texts in by_language.items()) > 100


@given(
    st.lists(st.text(alphabet="\"'`#/*\\= \n\t a1é§.if", max_size=60), max_size=4),
    st.sampled_from(sorted(KEYWORDS)),
)
def test_comment_items_of_any_text_match(texts: list[str], language: str) -> None:
    check_comments(texts, language)


@given(st.text(alphabet="#'\" \n\tif_aéB1" * 3 + "x" * 9, max_size=99))
def test_comment_items_with_words_too_long_to_keep_match(text: str) -> None:
    check_comments([f"{text}\n# a\n{'if' * 40}", f"# {text}\n{'_' * 99}"], "python")
