import numpy as np
import numpy.typing as npt
import pytest

from codeorigin.explain.ngram_shares import character_shares, occurrence_shares
from codeorigin.model.ngrams.hashed_views import NgramViews, Occurrences, WideFeatures
from codeorigin.model.reading.normalize import normalize
from support.snippets import ALL, long_function
from support.tiny_model import VIEWS

SOURCES = [*ALL, (long_function(20), "python")]


def int32(*values: int) -> npt.NDArray[np.int32]:
    return np.array(values, dtype=np.int32)


# In the text "abcab": "ab" twice, "c" once, "bca" once.
BY_HAND = WideFeatures(
    np.array([3, 4, 9]),
    np.array([1.5, 1.0, 1.0], dtype=np.float32),
    Occurrences(int32(0, 1, 2, 0), int32(0, 2, 1, 3), int32(2, 3, 4, 5)),
)
WEIGHTS = np.array([2.0, -1.0, 0.6], dtype=np.float32)


def test_shares_match_a_hand_computed_example() -> None:
    assert occurrence_shares(BY_HAND, WEIGHTS) == pytest.approx([1.5, -1.0, 0.6, 1.5])
    assert character_shares(BY_HAND, WEIGHTS, 5) == pytest.approx(
        [0.75, 0.75 + 0.2, -1.0 + 0.2, 0.75 + 0.2, 0.75]
    )


@pytest.mark.parametrize(("code", "language"), SOURCES)
def test_shares_add_up_to_the_wide_logit(code: str, language: str) -> None:
    normalized = normalize(code, language)
    views = NgramViews(VIEWS)
    features = views.extract(normalized, language)
    weights = np.random.default_rng(1).normal(size=len(features.ids)).astype(np.float32)
    wide = float(weights.astype(np.float64) @ features.values)
    assert occurrence_shares(features, weights).sum() == pytest.approx(wide, abs=1e-9)
    assert character_shares(features, weights, len(normalized.text)).sum() == pytest.approx(wide, abs=1e-9)


@pytest.mark.parametrize(("code", "language"), ALL)
def test_shares_of_one_ngram_are_on_the_characters_it_covers(code: str, language: str) -> None:
    normalized = normalize(code, language)
    features = NgramViews(VIEWS).extract(normalized, language)
    places = features.occurrences
    for chosen in range(0, len(features.ids), 37):
        weights = np.zeros(len(features.ids), dtype=np.float32)
        weights[chosen] = 1.0
        mine = np.flatnonzero(places.feature == chosen)
        expected = np.zeros(len(normalized.text))
        for occurrence in mine:
            start, end = places.start[occurrence], places.end[occurrence]
            expected[start:end] += features.values[chosen] / len(mine) / (end - start)
        shares = character_shares(features, weights, len(normalized.text))
        np.testing.assert_allclose(shares, expected, atol=1e-12)


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 2), (-1, 2), (4, 6)])
def test_empty_or_outside_occurrences_are_an_error(start: int, end: int) -> None:
    features = WideFeatures(
        np.array([0]), np.ones(1, np.float32), Occurrences(int32(0), int32(start), int32(end))
    )
    with pytest.raises(ValueError, match="covers no character"):
        character_shares(features, np.ones(1, np.float32), 5)


def test_text_without_ngrams_has_no_shares() -> None:
    features = NgramViews(VIEWS).extract(normalize("", "python"), "python")
    nothing = np.zeros(0, dtype=np.float32)
    assert character_shares(features, nothing, 0).shape == (0,)
