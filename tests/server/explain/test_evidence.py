"""Evidence divided among characters, and summed by line, word and construct."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.core.cancellation import NEVER
from codeorigin.explain import evidence
from codeorigin.explain.evidence import (
    Spread,
    character_shares,
    construct_attributions,
    find_words,
    gather_characters,
    line_attributions,
    line_sums,
    normalized_constructs,
    strongest_words,
)
from codeorigin.explain.explanation import ExplainOptions, LineAttribution, TokenAttribution
from codeorigin.languages.constructs import CONSTRUCTS, Construct
from codeorigin.languages.parse_budget import ParseBudgetError
from codeorigin.model.ngrams.hashed_views import NgramViews, Occurrences, WideFeatures
from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.deep_settings import Aggregation
from codeorigin.model.scoring.tokenizer import Encoding
from support.snippets import ALL, PARSER, long_function
from support.tiny_model import VIEWS, TinyModel

SNIPPET = "@cached\r\ndef f(né):\r\n\r\n\tif né:  # 😀\r\n\t\tprint('😀',\tné)\r\n\r\n\treturn  né\r\n\r\n"


def int32(*values: int) -> npt.NDArray[np.int32]:
    return np.array(values, dtype=np.int32)


def spread(text: str, *spans: tuple[int, int]) -> Spread:
    starts, ends = int32(*(start for start, _ in spans)), int32(*(end for _, end in spans))
    nothing = np.zeros(len(spans), dtype=np.int64)
    return Spread.of(Encoding(nothing, starts, ends, nothing.astype(np.int32)), text)


# In the text "abcab": "ab" twice, "c" once, "bca" once.
BY_HAND = WideFeatures(
    np.array([3, 4, 9]),
    np.array([1.5, 1.0, 1.0], dtype=np.float32),
    Occurrences(int32(0, 1, 2, 0), int32(0, 2, 1, 3), int32(2, 3, 4, 5)),
)
WEIGHTS = np.array([2.0, -1.0, 0.6], dtype=np.float32)


def test_shares_match_a_hand_computed_example() -> None:
    assert character_shares(BY_HAND, WEIGHTS, 5) == pytest.approx(
        [0.75, 0.75 + 0.2, -1.0 + 0.2, 0.75 + 0.2, 0.75]
    )


@pytest.mark.parametrize(("code", "language"), [*ALL, (long_function(20), "python"), ("", "python")])
def test_shares_add_up_to_the_wide_logit(code: str, language: str) -> None:
    normalized = normalize(code, language)
    features = NgramViews(VIEWS).extract(normalized, language)
    weights = np.random.default_rng(1).normal(size=len(features.ids)).astype(np.float32)
    wide = float(weights.astype(np.float64) @ features.values)
    shares = character_shares(features, weights, len(normalized.text))
    assert len(shares) == len(normalized.text)
    assert shares.sum() == pytest.approx(wide, abs=1e-9)


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 2), (-1, 2), (4, 6)])
def test_empty_or_outside_occurrences_are_an_error(start: int, end: int) -> None:
    features = WideFeatures(
        np.array([0]), np.ones(1, np.float32), Occurrences(int32(0), int32(start), int32(end))
    )
    with pytest.raises(ValueError, match="covers no character"):
        character_shares(features, np.ones(1, np.float32), 5)


def test_words_are_identifiers_numbers_and_runs_of_punctuation() -> None:
    text = "\tself._max_é2 += 0x1F  # 😀?\n"
    words = find_words(text)
    found = [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]
    assert found == ["self", ".", "_max_é2", "+=", "0x1F", "#", "😀?"]


@given(st.text(max_size=60))
def test_words_cover_every_nonblank_character(text: str) -> None:
    words = find_words(text)
    assert [index >= 0 for index in words.of_character] == [not character.isspace() for character in text]


@pytest.mark.parametrize(
    ("text", "tokens", "values", "expected"),
    [
        # "a", "b", " cd" with its blank, ")" and ":" in one token, which is also one word.
        ("ab cd):", [(0, 1), (1, 2), (2, 5), (5, 7)], [1, 2, 3, 4], [3, 3, 4]),
        # "a", then "b(" across two words, then ")".
        ("ab()", [(0, 1), (1, 3), (3, 4)], [3, 1, 8], [3.5, 8.5]),
        # Several tokens of one character.
        ("😀", [(0, 1)] * 4, [1] * 4, [4]),
        # A blank token is part of no word.
        ("a  b", [(0, 1), (1, 3), (3, 4)], [1, 5, 2], [1, 2]),
    ],
)
def test_tokens_are_divided_among_the_words_that_they_cover(
    text: str, tokens: list[tuple[int, int]], values: list[float], expected: list[float]
) -> None:
    of_tokens, words = np.array(values, dtype=np.float64), find_words(text)
    divided = spread(text, *tokens)
    vectors = divided.words(np.stack([of_tokens, 10 * of_tokens], axis=1), words)
    np.testing.assert_allclose(vectors, np.outer(expected, [1, 10]))
    characters = divided.characters(of_tokens, len(text))
    assert gather_characters(characters, words) == pytest.approx(expected)
    assert characters.sum() == of_tokens.sum()


def test_token_is_divided_among_its_nonblank_characters() -> None:
    found = spread("a  (\n\n", (0, 1), (1, 4), (4, 6)).characters(np.array([1.0, -2.0, 4.0]), 6)
    assert found.tolist() == [1.0, 0.0, 0.0, -2.0, 2.0, 2.0]


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


@pytest.mark.parametrize(
    ("code", "language"), [*ALL, (long_function(12), "python"), (SNIPPET, "python"), ("", "python")]
)
@pytest.mark.parametrize("aggregation", Aggregation)
def test_constructs_add_up_to_the_lines(
    tiny_model: TinyModel, code: str, language: str, aggregation: Aggregation
) -> None:
    found = tiny_model.explainer().explain(code, language, options=ExplainOptions(aggregation=aggregation))
    for part in ("value", "wide", "deep"):
        of_lines = sum(getattr(line, part) for line in found.lines)
        assert sum(getattr(each, part) for each in found.constructs) == pytest.approx(of_lines, abs=1e-9)
    assert sum(each.characters for each in found.constructs) == len(normalize(code, language).text)
    values = [abs(each.value) for each in found.constructs]
    assert values == sorted(values, reverse=True)


def test_snippet_has_the_expected_constructs(tiny_model: TinyModel) -> None:
    found = tiny_model.explainer().explain(PARSER, "python")
    assert {each.construct for each in found.constructs} == set(Construct) - {
        Construct.COMMENT,
        Construct.DOCSTRING,
        Construct.TYPE,
        Construct.KEYWORD,
    }


def test_text_that_takes_too_long_to_parse_has_no_constructs(
    tiny_model: TinyModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_: object) -> None:
        raise ParseBudgetError("too long")

    monkeypatch.setattr(evidence, "character_constructs", give_up)
    found = tiny_model.explainer().explain(PARSER, "python")
    assert found.lines
    assert not found.constructs


def test_indentation_and_line_ends_are_layout() -> None:
    normalized = normalize(SNIPPET, "python")
    codes = normalized_constructs(SNIPPET, normalized, "python", NEVER)
    assert codes is not None
    of_text = [CONSTRUCTS[code] for code in codes]
    for character, construct in zip(normalized.text, of_text, strict=True):
        assert (construct is Construct.LAYOUT) == (character in "\n\t")
    for piece, construct in (
        ("def f(né)", Construct.SIGNATURE),
        ("# 😀", Construct.COMMENT),
        ("'😀'", Construct.LITERAL),
        ("return", Construct.CONTROL_FLOW),
    ):
        start = normalized.text.index(piece)
        assert set(of_text[start : start + len(piece)]) == {construct}


def test_values_of_a_construct_are_summed() -> None:
    comment, name = CONSTRUCTS.index(Construct.COMMENT), CONSTRUCTS.index(Construct.NAME)
    codes = np.array([comment, name, comment], dtype=np.int8)
    first, second = construct_attributions(np.array([1.0, 0.5, 2.0]), np.array([0.0, -4.0, 0.25]), codes)
    assert (first.construct, first.value, first.wide, first.deep) == (Construct.NAME, -3.5, 0.5, -4.0)
    assert (second.construct, second.value, second.characters) == (Construct.COMMENT, 3.25, 2)
