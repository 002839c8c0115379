import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.calibration import Calibration, Thresholds
from codeorigin.model.file_verdict import FileRule
from codeorigin.model.verdict import Band

CALIBRATION = Calibration(
    temperature=2.0,
    shift=1.0,
    false_positive_rate=0.01,
    default=Thresholds(llm=3.0, human=0.0),
    languages={"go": Thresholds(llm=4.0, human=-1.0)},
    human_logits=(-2.0, 0.0, 2.0, 5.0),
    human_shares=(1.0, 0.5, 0.1, 0.002),
    min_lines=3,
    min_characters=40,
)


def test_probability_is_the_sigmoid_of_the_scaled_logit() -> None:
    assert CALIBRATION.probability(1.0) == 0.5
    assert CALIBRATION.probability(5.0) == pytest.approx(1 / (1 + math.exp(-2)))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_probability_never_overflows_and_never_falls(left: float, right: float) -> None:
    low, high = sorted([left, right])
    assert 0.0 <= CALIBRATION.probability(low) <= CALIBRATION.probability(high) <= 1.0


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
    assert CALIBRATION.band(logit, language) is band


@pytest.mark.parametrize(
    ("logit", "share"),
    [(-9, 1.0), (-2, 1.0), (-1, 0.75), (0, 0.5), (1, 0.3), (3.5, 0.051), (5, 0.002), (9, 0.002)],
)
def test_human_share_is_read_off_the_survival_curve(logit: float, share: float) -> None:
    assert CALIBRATION.human_share(logit) == pytest.approx(share)


def test_the_manifest_entry_round_trips() -> None:
    assert Calibration.from_manifest(CALIBRATION.to_manifest()) == CALIBRATION


def test_a_manifest_without_a_rule_for_files_has_none() -> None:
    assert "file" not in CALIBRATION.to_manifest()
    assert Calibration.from_manifest(CALIBRATION.to_manifest()).file is None


def test_the_rule_for_files_travels_in_the_manifest() -> None:
    rule = FileRule(20.0, 0.0, 4, 0.4, 0.1, 0.01, 1.4, -0.7, (-1.0, 1.0), (1.0, 0.01))
    calibration = replace(CALIBRATION, file=rule)
    assert Calibration.from_manifest(calibration.to_manifest()) == calibration
    with pytest.raises(KeyError):
        Calibration.from_manifest({**calibration.to_manifest(), "file": {"prior_lines": 1.0}})
