import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.scale import Scale, Thresholds
from codeorigin.model.verdict import Band

SCALE = Scale(
    temperature=2.0,
    shift=1.0,
    false_positive_rate=0.01,
    default=Thresholds(llm=3.0, human=0.0),
    languages={"go": Thresholds(llm=4.0, human=-1.0)},
    human_logits=(-2.0, 0.0, 2.0, 5.0),
    human_shares=(1.0, 0.5, 0.1, 0.002),
)


def test_probability_is_the_sigmoid_of_the_scaled_logit() -> None:
    assert SCALE.probability(1.0) == 0.5
    assert SCALE.probability(5.0) == pytest.approx(1 / (1 + math.exp(-2)))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_probability_never_overflows_and_never_falls(left: float, right: float) -> None:
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
def test_bands_are_bounded_by_the_languages_thresholds(logit: float, language: str, band: Band) -> None:
    assert SCALE.band(logit, language) is band


@pytest.mark.parametrize(
    ("logit", "share"),
    [(-9, 1.0), (-2, 1.0), (-1, 0.75), (0, 0.5), (1, 0.3), (3.5, 0.051), (5, 0.002), (9, 0.002)],
)
def test_human_share_is_read_off_the_survival_curve(logit: float, share: float) -> None:
    assert SCALE.human_share(logit) == pytest.approx(share)


def test_the_manifest_entry_round_trips() -> None:
    assert Scale.from_manifest(SCALE.to_manifest()) == SCALE


@pytest.mark.parametrize(
    "other",
    [{"temperature": 0.0}, {"human_logits": (2.0, 1.0, 3.0, 4.0)}, {"human_shares": (1.0,)}],
)
def test_a_scale_that_cannot_be_read_is_refused(other: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"positive|rise|length"):
        replace(SCALE, **other)  # type: ignore[arg-type]


def test_thresholds_that_cross_are_refused() -> None:
    with pytest.raises(ValueError, match="lies above"):
        Thresholds(llm=0.0, human=0.5)
