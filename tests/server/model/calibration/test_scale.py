import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.calibration.promise import Group, Promise, Tail
from codeorigin.model.calibration.scale import Scale, Thresholds
from codeorigin.model.verdict import Band, Verdict

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
def test_bands_are_bounded_by_the_languages_thresholds(logit: float, language: str, band: Band) -> None:
    assert SCALE.band(logit, language) is band


@pytest.mark.parametrize(("language", "human"), [("python", 0.0), ("go", -1.0)])
def test_function_longer_than_any_in_calibration_is_never_called_llm(language: str, human: float) -> None:
    assert SCALE.thresholds(language, Group.LONG) == Thresholds(math.inf, human)
    assert SCALE.band(1e9, language, Group.LONG) is Band.UNSURE
    assert SCALE.band(-1.0, language, Group.LONG) is Band.HUMAN
    verdict = Verdict(probability=None, logit=1e9, band=None)
    long = SCALE.read(verdict, 1e9, language, Group.LONG)
    assert (long.band, long.llm_threshold, long.promise) == (Band.UNSURE, None, None)
    bare = SCALE.read(verdict, 1e9, language, Group.BARE)
    assert (bare.band, bare.promise) == (Band.LLM, Promise(0.01, 0))
    # What a group's functions have in common is there once.
    assert SCALE.read(verdict, 0.0, language, Group.BARE).promise is bare.promise


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
def test_invalid_scale_is_refused(other: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"positive|rise|length"):
        replace(SCALE, **other)  # type: ignore[arg-type]


def test_thresholds_that_cross_are_refused() -> None:
    with pytest.raises(ValueError, match="lies above"):
        Thresholds(llm=0.0, human=0.5)


GROUPED = replace(
    SCALE,
    default=Thresholds(3.0, 0.0, repositories=900),
    languages={"go": Thresholds(2.0, -1.0, repositories=120), "php": Thresholds(3.5, -0.5)},
    groups={
        "go": {Group.DOCUMENTED: Thresholds(2.5, -1.0, repositories=80), Group.BARE: Thresholds(2.25, -1.0)},
        "php": {Group.DOCUMENTED: Thresholds(4.0, -0.5)},
    },
    tail=Tail(0.05, 0.02, 20),
)


@pytest.mark.parametrize(
    ("language", "group", "llm", "promise"),
    [
        ("go", Group.DOCUMENTED, 2.5, Promise(0.01, 80, "go", Group.DOCUMENTED, GROUPED.tail)),
        ("go", Group.BARE, 2.25, Promise(0.01, 120, "go", None, GROUPED.tail)),
        ("go", None, 2.0, Promise(0.01, 120, "go", None, GROUPED.tail)),
        ("php", Group.DOCUMENTED, 4.0, Promise(0.01, 900, None, None, GROUPED.tail)),
        ("php", Group.BARE, 3.5, Promise(0.01, 900, None, None, GROUPED.tail)),
        ("rust", Group.BARE, 3.0, Promise(0.01, 900, None, None, GROUPED.tail)),
    ],
)
def test_function_has_its_groups_thresholds_and_the_nearest_promise(
    language: str, group: Group | None, llm: float, promise: Promise
) -> None:
    assert GROUPED.thresholds(language, group).llm == llm
    assert GROUPED.promise(language, group) == promise
    assert GROUPED.band(llm, language, group) is Band.LLM
    assert GROUPED.band(llm - 0.001, language, group) is Band.UNSURE


def test_groups_round_trip_through_the_manifest() -> None:
    entry = json.loads(json.dumps(GROUPED.to_manifest()))
    assert Scale.from_manifest(entry) == GROUPED


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": {"go": {"poetic": {"llm": 3.0, "human": 0.0}}}}, "poetic"),
        ({"groups": {"go": {"bare": {"llm": 1.9, "human": 0.0}}}}, "bare go has no promise of its own"),
        ({"languages": {"php": {"llm": 2.9, "human": 0.0}}}, "php has no promise of its own"),
        ({"languages": {"php": {"llm": 2.9, "human": 0.0, "repositories": 0}}}, "at least one repository"),
        ({"tail": {"share": 2.0, "rate": 0.1, "fewest": 20}}, "tail must lie"),
    ],
)
def test_invalid_promise_in_a_manifest_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Scale.from_manifest({**GROUPED.to_manifest(), **change})
