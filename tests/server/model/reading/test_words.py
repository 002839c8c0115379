import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.languages import KEYWORDS
from codeorigin.model.reading import words
from codeorigin.model.reading.words import Vocabulary, fnv1a, shape, word_pattern
from support.snippets import ALL

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
