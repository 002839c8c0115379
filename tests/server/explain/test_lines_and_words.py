import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.explain.explanation import LineAttribution, TokenAttribution
from codeorigin.explain.lines_and_words import (
    find_words,
    gather_characters,
    gather_tokens,
    line_attributions,
    line_sums,
    strongest_words,
)
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Encoding


def int32(*values: int) -> npt.NDArray[np.int32]:
    return np.array(values, dtype=np.int32)


def encoding(*spans: tuple[int, int]) -> Encoding:
    starts, ends = int32(*(start for start, _ in spans)), int32(*(end for _, end in spans))
    return Encoding(np.zeros(len(spans), dtype=np.int64), starts, ends, np.zeros(len(spans), dtype=np.int32))


def test_words_are_identifiers_numbers_and_runs_of_punctuation() -> None:
    text = "\tself._max_é2 += 0x1F  # 😀?\n"
    words = find_words(text)
    found = [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]
    assert found == ["self", ".", "_max_é2", "+=", "0x1F", "#", "😀?"]


@given(st.text(max_size=60))
def test_words_cover_every_nonblank_character(text: str) -> None:
    words = find_words(text)
    assert [index >= 0 for index in words.of_character] == [not character.isspace() for character in text]


def test_pieces_of_an_identifier_are_joined_and_blanks_left_out() -> None:
    text = "ab cd):"
    words = find_words(text)
    # "a", "b", " cd" with its blank, ")" and ":" in one token, which is also one word.
    pieces = encoding((0, 1), (1, 2), (2, 5), (5, 7))
    values = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0], [4.0, 40.0]])
    assert gather_tokens(values, pieces, words).tolist() == [[3.0, 30.0], [3.0, 30.0], [4.0, 40.0]]
    assert gather_characters(np.arange(7.0), words).tolist() == [1.0, 7.0, 11.0]


def test_token_across_two_words_is_divided_among_its_characters() -> None:
    text = "ab()"
    words = find_words(text)
    values = np.array([[3.0], [1.0], [8.0]])
    # "a", then "b(" across two words, then ")".
    pieces = encoding((0, 1), (1, 3), (3, 4))
    assert gather_tokens(values, pieces, words).ravel() == pytest.approx([3.5, 8.5])


def test_tokens_of_the_same_character_add_up() -> None:
    words = find_words("😀")
    values = np.ones((4, 2))
    assert gather_tokens(values, encoding(*[(0, 1)] * 4), words).tolist() == [[4.0, 4.0]]


def test_blank_tokens_add_nothing() -> None:
    text = "a  b"
    words = find_words(text)
    values = np.array([[1.0], [5.0], [2.0]])
    pieces = encoding((0, 1), (1, 3), (3, 4))
    assert gather_tokens(values, pieces, words).ravel().tolist() == [1.0, 2.0]


def test_lines_are_signed_sums_at_their_document_positions() -> None:
    normalized = normalize("if a:\n\n    b\n", "python")
    assert line_sums(np.array([1.0, -3.0, 0.5]), int32(0, 0, 2), 3).tolist() == [-2.0, 0.0, 0.5]
    found = line_attributions(np.array([1.0, 0.0, 2.0]), np.array([-0.5, 0.0, 1.0]), normalized)
    assert found == (
        LineAttribution(line=0, value=0.5, wide=1.0, deep=-0.5),
        LineAttribution(line=2, value=3.0, wide=2.0, deep=1.0),
    )


def test_strongest_words_come_first_at_their_positions() -> None:
    code = "if né:\r\n\r\n    né2 = 😀 \t+ x\r\n"
    normalized = normalize(code, "python")
    words = find_words(normalized.text)
    #                  if   né   :    né2   =    😀   +    x
    values = np.array([0.1, -4.0, 0.0, 0.5, 0.2, 3.0, 0.0, -0.3])
    top = strongest_words(values, words, normalized, count=4)
    assert top == (
        TokenAttribution("né", 0, 3, 5, -4.0),
        TokenAttribution("😀", 2, 10, 11, 3.0),
        TokenAttribution("né2", 2, 4, 7, 0.5),
        TokenAttribution("x", 2, 15, 16, -0.3),
    )
    everything = strongest_words(values, words, normalized, count=99)
    assert [token.value for token in everything] == [-4.0, 3.0, 0.5, -0.3, 0.2, 0.1]
    assert strongest_words(values, words, normalized, count=0) == ()
