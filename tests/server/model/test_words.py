import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model import words
from codeorigin.model.words import Vocabulary, fnv1a, shape, word_pattern

ASCII = st.text(
    st.one_of(st.sampled_from("=-+*/.:<>!&|?%^\"'\n\t _09aZx\x1c"), st.characters(codec="ascii")),
    max_size=40,
)


@given(ASCII)
def test_ascii_text_has_the_words_that_any_text_has(text: str) -> None:
    # A letter beyond ASCII at the end picks the general expression.
    assert [*word_pattern(text).findall(text), "é"] == word_pattern(text + " é").findall(text + " é")


@given(ASCII)
def test_shapes_do_not_depend_on_the_alphabet_of_other_words(text: str) -> None:
    for word in word_pattern(text).findall(text):
        if word[0].isalpha():
            beyond = word + "é"
            # The letter joins the last run of small letters, or begins one; the length may cross a step.
            assert shape(beyond)[:-1].startswith(shape(word)[:-1])


def test_known_hashes() -> None:
    assert fnv1a("") == 0xCBF29CE484222325
    assert fnv1a("a") == 0xAF63DC4C8601EC8C
    assert fnv1a("foobar") == 0x85944171F73967E8


def test_reserved_words_keep_their_letters_in_their_own_language_alone() -> None:
    vocabulary = Vocabulary()
    numbers = vocabulary.numbers(["lambda", "lambda", "value"])
    assert vocabulary.words(numbers).tolist() == [fnv1a("lambda"), fnv1a("lambda"), fnv1a("value")]
    assert vocabulary.shapes(numbers, "python").tolist() == [fnv1a("lambda")] * 2 + [fnv1a("a1")]
    assert vocabulary.shapes(numbers, "go").tolist() == [fnv1a("a1")] * 3


def test_the_vocabulary_grows_and_forgets_without_changing_a_hash(monkeypatch: pytest.MonkeyPatch) -> None:
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
