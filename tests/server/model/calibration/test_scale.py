"""A raw logit as a probability, as two shares, and as a band."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.calibration.scale import Scale, Shares, Thresholds, first_at_most, share_at
from codeorigin.model.verdict import Band
from support.scales import HUMAN_RATE, LLM_RATE, scale

SCALE = scale(3.0, 0.0, {"go": (4.0, -1.0)}, temperature=2.0, shift=1.0)
LOGITS, FALLING = (-2.0, 0.0, 2.0, 5.0), (1.0, 0.5, 0.1, 0.002)


def test_probability_is_the_sigmoid_of_the_scaled_logit() -> None:
    assert SCALE.probability(1.0) == 0.5
    assert SCALE.probability(5.0) == pytest.approx(1 / (1 + math.exp(-2)))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_probability_never_overflows_and_is_monotonic(left: float, right: float) -> None:
    low, high = sorted([left, right])
    assert 0.0 <= SCALE.probability(low) <= SCALE.probability(high) <= 1.0


@pytest.mark.parametrize(
    ("logit", "language", "band"),
    [
        (3.0, "python", Band.LLM),
        (2.999, "python", Band.UNSURE),
        (0.0, "python", Band.HUMAN),
        (0.001, "python", Band.UNSURE),
        (3.5, "go", Band.UNSURE),
        (4.0, "go", Band.LLM),
        (-0.5, "go", Band.UNSURE),
    ],
)
def test_bands_are_bounded_by_the_languages_shares(logit: float, language: str, band: Band) -> None:
    found = SCALE.read(logit, language)
    assert found["band"] is band
    # The band says the same as the shares beside it.
    assert (found["human_share"] <= LLM_RATE + 1e-12) is (band is Band.LLM)
    assert (found["llm_share"] <= HUMAN_RATE + 1e-12) is (band is Band.HUMAN)


def test_verdict_names_its_language_and_the_probabilities_of_its_thresholds() -> None:
    assert SCALE.thresholds("go") == Thresholds(4.0, -1.0)
    found = SCALE.read(1.0, "go")
    assert found["language"] == "go"
    assert found["llm_threshold"] == pytest.approx(SCALE.probability(4.0))
    assert found["human_threshold"] == pytest.approx(SCALE.probability(-1.0))


@pytest.mark.parametrize(
    ("logit", "share"),
    [(-9, 1.0), (-2, 1.0), (-1, 0.75), (0, 0.5), (1, 0.3), (3.5, 0.051), (5, 0.002), (9, 0.002)],
)
def test_share_is_read_off_its_curve(logit: float, share: float) -> None:
    assert share_at(LOGITS, FALLING, logit) == pytest.approx(share)


@given(st.floats(0.0, 1.0))
def test_threshold_is_the_lowest_logit_with_the_share(rate: float) -> None:
    found = first_at_most(LOGITS, FALLING, rate)
    if math.isfinite(found):
        assert share_at(LOGITS, FALLING, found) <= rate + 1e-12
        assert share_at(LOGITS, FALLING, found - 0.01) > rate
    else:
        assert (rate < 0.002 and found > 0) or (rate >= 1.0 and found < 0)


def test_where_human_code_often_scores_as_high_nothing_is_llm() -> None:
    flat = replace(SCALE, everywhere=replace(SCALE.everywhere, human=[0.5] * len(SCALE.logits)))
    assert flat.thresholds("python").llm == math.inf
    assert flat.read(1e9, "python")["band"] is Band.UNSURE


def test_classes_far_apart_leave_no_logit_that_is_both() -> None:
    apart = Scale(1.0, 0.0, 0.01, 0.04, (-1.0, -0.9, 0.9, 1.0), Shares([1, 0, 0, 0], [0, 0, 0, 1]), {})
    bounds = apart.thresholds("go")
    assert bounds.human < bounds.llm
    assert apart.read(0.0, "go")["band"] is Band.LLM
    assert apart.read(-1.0, "go")["band"] is Band.HUMAN
