"""The rules of a calibration, their entries in a manifest, and a logit as a probability, two shares and a band."""

import json
import math
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codeorigin.model.calibration.calibration import (
    Calibration,
    Context,
    NeighbourRule,
    PooledRule,
    counted_lines,
    main_language,
    pooled_logit,
)
from codeorigin.model.calibration.scale import Scale, Shares, Thresholds, first_at_most, share_at
from codeorigin.model.folder import ManifestEntry
from codeorigin.model.past import PastRule
from codeorigin.model.verdict import Band, PooledReason
from support.scales import HUMAN_RATE, LLM_RATE, scale
from support.tiny_model import (
    COMMIT_CONTEXT,
    COMMIT_RULE,
    FILE_AND_COMMIT_CONTEXT,
    FILE_CONTEXT,
    FILE_RULE,
    REFERENCE_RULE,
)

SCALE = scale(3.0, 0.0, {"go": (4.0, -1.0)}, temperature=2.0, shift=1.0)
PAST_RULE = PastRule(
    quantile=0.9, weight=1.0, prior_functions=20.0, typical=-1.0, fewest_functions=30, farthest=100.0
)
BARE = Calibration(SCALE, min_lines=3, min_characters=40, max_lines=300)
RULES: dict[str, Any] = {
    "file_context": FILE_CONTEXT,
    "file": FILE_RULE,
    "commit": COMMIT_RULE,
    "commit_context": COMMIT_CONTEXT,
    "file_and_commit_context": FILE_AND_COMMIT_CONTEXT,
}
WITH_PAST = replace(BARE, past=PAST_RULE, with_past=replace(BARE, alone=scale(1.0, -2.0, {})))


@pytest.mark.parametrize("names", [[], *([name] for name in RULES), list(RULES)])
def test_entry_has_the_rules_of_the_calibration_and_is_read_back(names: list[str]) -> None:
    calibration = replace(BARE, **{name: RULES[name] for name in names})
    entry = calibration.to_manifest()
    assert set(RULES) & set(entry) == set(names)
    assert Calibration.from_manifest(json.loads(json.dumps(entry))) == calibration


def test_past_and_the_calibration_with_it_come_together() -> None:
    assert Calibration.from_manifest(WITH_PAST.to_manifest()) == WITH_PAST
    for missing in ("past", "with_past"):
        with pytest.raises(ValueError, match="the past needs"):
            replace(WITH_PAST, **{missing: None})


def test_fields_of_a_scale_stand_among_those_of_its_rule() -> None:
    assert list(COMMIT_RULE.to_manifest()) == [
        *("prior_lines", "prior_logit", "fewest_functions"),
        *COMMIT_RULE.scale.to_manifest(),
    ]
    assert list(COMMIT_CONTEXT.to_manifest()) == ["commit", *COMMIT_CONTEXT.scale.to_manifest()]


@pytest.mark.parametrize("entry", [{"file": {"prior_lines": 1.0}}, {"file_context": {"weight": 0.8}}])
def test_incomplete_rule_is_refused(entry: dict[str, object]) -> None:
    with pytest.raises(KeyError):
        Calibration.from_manifest({**BARE.to_manifest(), **entry})


@pytest.mark.parametrize(
    "wrong",
    [
        {"commit_context": FILE_AND_COMMIT_CONTEXT},
        {"file_and_commit_context": COMMIT_CONTEXT},
        {"file_context": COMMIT_CONTEXT},
    ],
)
def test_swapped_rules_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="something else"):
        replace(BARE, **wrong)


def test_context_without_any_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a rule"):
        Context(scale=SCALE)


IN_FILE = FILE_CONTEXT.file


@pytest.mark.parametrize(
    ("rule", "change", "message"),
    [
        (SCALE, {"temperature": 0.0}, "not positive"),
        (SCALE, {"llm_rate": 0.0}, "between 0 and 1"),
        (SCALE, {"logits": [2.0, 1.0, 3.0, 4.0]}, "must rise"),
        (SCALE, {"logits": []}, "must rise"),
        (SCALE, {"logits": [1.0, 2.0]}, "needs its shares"),
        (SCALE, {"everywhere": {"human": [0.0, 1.0], "llm": [0.0, 1.0]}}, "must fall"),
        (SCALE, {"everywhere": {"human": [2.0, 1.0], "llm": [0.0, 1.0]}}, "between 0 and 1"),
        (SCALE, {"everywhere": {"human": [math.nan], "llm": [0.0]}}, "between 0 and 1"),
        (FILE_RULE, {"temperature": 0.0}, "temperature"),
        (FILE_RULE, {"prior_lines": -1.0}, "prior_lines"),
        (FILE_RULE, {"prior_lines": math.nan}, "prior_lines"),
        (FILE_RULE, {"fewest_functions": 0}, "fewest_functions"),
        (IN_FILE, {"weight": 0.0}, "weight must be positive"),
        (IN_FILE, {"weight": -1.0}, "weight must be positive"),
        (IN_FILE, {"prior_functions": -0.5}, "weight must be positive"),
        (PAST_RULE, {"quantile": 1.5}, "must be a share"),
        (PAST_RULE, {"weight": 0.0}, "must be a share"),
        (PAST_RULE, {"prior_functions": -1.0}, "must be a share"),
        (PAST_RULE, {"fewest_functions": 0}, "at least one"),
        (REFERENCE_RULE, {"characters": (1,)}, "characters"),
        (REFERENCE_RULE, {"scale": 0.0}, "must"),
        (REFERENCE_RULE, {"prior_functions": -1.0}, "must"),
        (REFERENCE_RULE, {"fewest_declared": -1}, "must|least"),
        (REFERENCE_RULE, {"fewest_human": 0}, "must|least"),
    ],
)
def test_rule_out_of_range_is_refused(rule: ManifestEntry, change: dict[str, object], message: str) -> None:
    assert type(rule).from_manifest(rule.to_manifest()) == rule
    with pytest.raises(ValueError, match=message):
        type(rule).from_manifest({**rule.to_manifest(), **change})


POOLED = PooledRule(
    prior_lines=20.0,
    prior_logit=0.5,
    fewest_functions=3,
    scale=scale(1.5, -0.5, {"go": (1.7, -0.6)}, temperature=0.5, shift=0.25),
)
FUNCTIONS = st.lists(st.tuples(st.floats(-20, 20), st.integers(1, 500)), min_size=1, max_size=12)


def test_pooled_logit_is_a_line_weighted_mean_with_prior_lines() -> None:
    assert pooled_logit([(2.0, 30), (-1.0, 10)], 0.0, 0.0) == pytest.approx((60 - 10) / 40)
    assert pooled_logit([(2.0, 30), (-1.0, 10)], 10.0, 0.5) == pytest.approx((5 + 60 - 10) / 50)
    assert POOLED.pooled([]) == 0.5
    assert pooled_logit([], 0.0, 0.75) == 0.75


@given(FUNCTIONS, st.integers(0, 11), st.floats(0.01, 10), st.randoms())
def test_raising_one_function_raises_the_pooled_logit_in_any_order(
    functions: list[tuple[float, int]], place: int, more: float, random: Random
) -> None:
    assume(place < len(functions))
    logit, lines = functions[place]
    raised = [*functions[:place], (logit + more, lines), *functions[place + 1 :]]
    pooled = POOLED.pooled(functions)
    assert POOLED.pooled(raised) > pooled
    random.shuffle(functions)
    assert POOLED.pooled(functions) == pooled


def test_a_verdict_has_all_its_figures() -> None:
    verdict = POOLED.verdict([(3.0, 10, "python"), (1.0, 20, "python"), (2.0, 30, "python")])
    logit = (20 * 0.5 + 30 + 20 + 60) / 80
    assert verdict.logit == pytest.approx(logit)
    assert verdict.probability == pytest.approx(1 / (1 + math.exp(-(logit - 0.25) / 0.5)))
    assert (verdict.band, verdict.functions, verdict.reason) == (Band.LLM, 3, None)
    assert verdict.human_share == POOLED.scale.human_share(logit, "python")
    assert verdict.llm_share == POOLED.scale.llm_share(logit, "python")
    assert verdict.llm_threshold == pytest.approx(1 / (1 + math.exp(-2.5)))
    assert verdict.human_threshold == pytest.approx(1 / (1 + math.exp(1.5)))
    assert verdict.language == "python"


def test_thresholds_are_those_of_the_language_with_most_lines() -> None:
    python = POOLED.verdict([(2.05, 20, "python")] * 3)
    go = POOLED.verdict([(2.05, 41, "go"), (2.05, 10, "python"), (2.05, 9, "python")])
    assert (python.band, go.band, go.language) == (Band.LLM, Band.UNSURE, "go")
    assert go.llm_threshold == pytest.approx(POOLED.scale.probability(1.7))


def test_too_few_functions_give_no_verdict() -> None:
    verdict = POOLED.verdict([(5.0, 100, "python")] * 2)
    assert verdict.reason is PooledReason.TOO_FEW_FUNCTIONS
    assert (verdict.probability, verdict.logit, verdict.band) == (None, None, None)
    assert verdict.functions == 2


def test_main_language_is_the_one_with_most_lines() -> None:
    functions = [("python", 10), ("go", 8), ("go", 3), ("rust", 1)]
    assert main_language(functions) == main_language(functions[::-1]) == "go"
    assert main_language([("rust", 5), ("go", 5)]) == "go"


@pytest.mark.parametrize(
    ("code", "lines"),
    [("", 0), ("a", 1), ("a\n\n  \n\tb\n", 2), ("a\r\n\r\nb\r\n", 2), ("a\rb", 2)],
)
def test_blank_lines_do_not_count(code: str, lines: int) -> None:
    assert counted_lines(code) == lines


NEIGHBOURS = NeighbourRule(weight=0.8, prior_functions=1.0, neutral=0.5)

LOGITS = st.lists(st.floats(-20, 20), min_size=2, max_size=40)


def test_lone_function_gets_no_evidence() -> None:
    assert NEIGHBOURS.evidence([]) == []
    assert NEIGHBOURS.evidence([3.0]) == []


def test_neighbours_add_their_mean_shrunk_towards_zero() -> None:
    rule = replace(NEIGHBOURS, weight=0.5, prior_functions=2.0, neutral=1.0)
    # Own evidence is 1, 3 and -1; that of the others sums to (3 - 1), (1 - 1) and (1 + 3), each divided by
    # two others plus two prior functions.
    assert rule.evidence([2.0, 4.0, 0.0]) == pytest.approx([0.25, 0.0, 0.5])


@given(LOGITS)
def test_ranking_within_a_file_is_preserved(logits: list[float]) -> None:
    """With a weight below one, only their own text decides how two functions of one file rank."""
    evidence = NEIGHBOURS.evidence(logits)
    sums = sorted((own, own + added) for own, added in zip(logits, evidence, strict=True))
    assert all(low[1] <= high[1] + 1e-9 for low, high in pairwise(sums))


POINTS, FALLING = (-2.0, 0.0, 2.0, 5.0), (1.0, 0.5, 0.1, 0.002)


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
    assert share_at(POINTS, FALLING, logit) == pytest.approx(share)


@given(st.floats(0.0, 1.0))
def test_threshold_is_the_lowest_logit_with_the_share(rate: float) -> None:
    found = first_at_most(POINTS, FALLING, rate)
    if math.isfinite(found):
        assert share_at(POINTS, FALLING, found) <= rate + 1e-12
        assert share_at(POINTS, FALLING, found - 0.01) > rate
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
