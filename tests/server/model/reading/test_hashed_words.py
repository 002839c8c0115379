"""The hashes of the words of texts, beside those computed word by word."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.languages import KEYWORDS
from codeorigin.model.reading.hashed_items import hash_words
from codeorigin.model.reading.words import Vocabulary, fnv1a, shape, word_pattern
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


def check(texts: Sequence[str], language: str) -> None:
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
    check(texts, language)


@pytest.mark.parametrize("language", sorted(KEYWORDS))
def test_real_code_matches_the_regular_expression(language: str) -> None:
    check([code for code, _ in ALL], language)


@pytest.mark.parametrize(
    "text", ["a" * 300, "_" * 300, "\n" + "\t" * 100, "/" * 99 + "*" * 99 + "/", "1." * 200, "\t\n"]
)
def test_long_words_match_the_regular_expression(text: str) -> None:
    check([text, "x", text], "python")
