import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.reading import words
from codeorigin.model.reading.words import Vocabulary, fnv1a, shape, word_pattern

ASCII = st.text(
    st.one_of(st.sampled_from("=-+*/.:<>!&|?%^\"'\n\t _09aZx\x1c"), st.characters(codec="ascii")),
    max_size=40,
)


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


def test_known_hashes() -> None:
    assert fnv1a("") == 0xCBF29CE484222325
    assert fnv1a("a") == 0xAF63DC4C8601EC8C
    assert fnv1a("foobar") == 0x85944171F73967E8


def test_reserved_words_keep_their_letters_only_in_their_own_language() -> None:
    vocabulary = Vocabulary()
    numbers = vocabulary.numbers(["lambda", "lambda", "value"])
    assert vocabulary.words(numbers).tolist() == [fnv1a("lambda"), fnv1a("lambda"), fnv1a("value")]
    assert vocabulary.shapes(numbers, "python").tolist() == [fnv1a("lambda")] * 2 + [fnv1a("a1")]
    assert vocabulary.shapes(numbers, "go").tolist() == [fnv1a("a1")] * 3


def test_growing_and_trimming_the_vocabulary_changes_no_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "_MOST_CHARACTERS", 50_000)
    vocabulary = Vocabulary()
    fresh = len(vocabulary)
    found = [f"word_{number}" for number in range(9000)]
    before = vocabulary.words(vocabulary.numbers(found))
    assert len(vocabulary) == fresh + 9000
    vocabulary.trim()
    assert len(vocabulary) == fresh
    after = vocabulary.words(vocabulary.numbers(reversed(found)))
    np.testing.assert_array_equal(before, after[::-1])
    assert before[:2].tolist() == [fnv1a("word_0"), fnv1a("word_1")]
