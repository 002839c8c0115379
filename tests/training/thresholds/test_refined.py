"""Scales of refined verdicts, on made-up repositories for which the truth is known."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from codeorigin.errors import CodeOriginError
from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.judge import Judge, Scored
from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin.model.calibration.promise import Group
from codeorigin.model.calibration.refined import RefinedScales
from codeorigin.model.scoring.features import DeepAnswer, RawScore
from codeorigin.model.verdict import Band
from codeorigin_training.corpus.rows import Row
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.fit import fit_calibration, fit_file_context, fit_scale
from codeorigin_training.thresholds.refined import fit_refined

CODE = "def total(values):\n    result = sum(value.amount for value in values)\n    return round(result, 2)"
CONFIG = CalibrateConfig(rate=0.05, tail_share=0.2, tail_rate=0.1, tail_fewest=8)
RULE = NeighbourRule(weight=0.5, prior_functions=1.0, neutral=0.0)

Floats = npt.NDArray[np.float64]


def world(seed: int, repositories: int) -> tuple[list[Row], Floats, Floats, list[Group]]:
    """Human and LLM code, two functions per file; the deep part sees what the wide part does not."""
    generator = np.random.default_rng(seed)
    rows, wide, deep = [], [], []
    for number in range(repositories):
        level = 0.4 * generator.normal()
        for label in (0, 0, 1):
            for each in range(6):
                row = Row(CODE, "go", label, f"{seed}/{number}", "", True, False, 3)
                rows.append(replace(row, path=f"{label}/{each // 2}.go"))
                wide.append(level + generator.normal() + 2.0 * label)
                deep.append(generator.normal() + 2.0 * label - 1.0)
    return rows, np.array(wide), np.array(deep), [Group.BARE] * len(rows)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    rows, wide, deep, groups = world(0, 150)
    first = fit_calibration(rows, wide, np.ones(len(rows)), CONFIG, groups)
    first = replace(first, file_context=fit_file_context(rows, wide, CONFIG, RULE, groups))
    refined = fit_refined(rows, wide, deep, first, CONFIG, groups)
    return replace(first, refined=refined)


def called(
    calibration: Calibration, *, in_file: bool, refine: bool, band: Band = Band.LLM
) -> tuple[float, float]:
    """The shares of new repositories' human and LLM functions whose final verdict is ``band``."""
    judge = Judge(calibration)
    rows, wide, deep, _ = world(1, 400)
    files: dict[tuple[str, str], dict[int, Scored]] = {}
    for number, (row, logit) in enumerate(zip(rows, wide.tolist(), strict=True)):
        scored = Scored(RawScore(logit, logit, None, 0), Group.BARE)
        files.setdefault((row.repo, row.path), {})[number] = scored
    hits: dict[int, list[bool]] = {0: [], 1: []}
    for functions in files.values():
        if in_file:
            verdicts = judge.in_file(functions, "go")
        else:
            verdicts = {number: judge.alone(each, "go") for number, each in functions.items()}
        for number, verdict in verdicts.items():
            last = verdict
            if refine and verdict.is_to_refine(looked_at=False):
                last = judge.refined(verdict, DeepAnswer(float(deep[number]), 1), "go")
            hits[rows[number].label].append(last.band is band)
    return float(np.mean(hits[0])), float(np.mean(hits[1]))


@pytest.mark.parametrize("in_file", [False, True])
def test_promise_holds_for_both_steps_and_more_llm_code_is_found(
    calibration: Calibration, in_file: bool
) -> None:
    first = called(calibration, in_file=in_file, refine=False)
    both = called(calibration, in_file=in_file, refine=True)
    assert first[0] <= 0.05
    assert both[0] <= 0.05
    assert both[1] > first[1] + 0.1


@pytest.mark.parametrize("in_file", [False, True])
def test_each_step_keeps_rate_of_llm_code_called_human(calibration: Calibration, in_file: bool) -> None:
    first = called(calibration, in_file=in_file, refine=False, band=Band.HUMAN)[1]
    both = called(calibration, in_file=in_file, refine=True, band=Band.HUMAN)[1]
    assert 0.0 < first <= 1.2 * CONFIG.human_rate
    assert first < both <= first + 1.2 * CONFIG.human_rate


def test_code_cleared_by_first_step_does_not_raise_threshold(calibration: Calibration) -> None:
    """A deep part that would accuse such code does no harm, although it would as a single step."""
    rows, wide, deep, groups = world(0, 150)
    cleared = wide <= calibration.alone.thresholds("go", Group.BARE).human
    assert 0.05 < cleared.mean() < 0.5
    loud = deep + 9.0 * cleared
    found = fit_refined(rows, wide, loud, calibration, CONFIG, groups)
    assert found is not None
    assert calibration.refined is not None
    before = calibration.refined.alone
    assert found.alone.thresholds("go").llm == pytest.approx(before.thresholds("go").llm)
    assert before.promise("go").repositories == found.alone.promise("go").repositories == 150
    one_step = fit_scale(rows, wide + loud, np.ones(len(rows)), CONFIG, groups)
    assert one_step is not None
    assert one_step.thresholds("go").llm > found.alone.thresholds("go").llm + 1.0


def test_without_file_rule_there_is_one_scale(calibration: Calibration) -> None:
    rows, wide, deep, groups = world(0, 150)
    alone = replace(calibration, file_context=None, refined=None)
    assert calibration.refined is not None
    assert fit_refined(rows, wide, deep, alone, CONFIG, groups) == RefinedScales(calibration.refined.alone)


def test_too_few_repositories_give_no_scales(calibration: Calibration) -> None:
    rows, wide, deep, groups = world(2, 10)
    assert fit_refined(rows, wide, deep, calibration, CONFIG, groups) is None
    human = [number for number, row in enumerate(rows) if row.label == 0]
    found = fit_refined(
        [rows[number] for number in human],
        wide[human],
        deep[human],
        calibration,
        CONFIG,
        groups[: len(human)],
    )
    assert found is None


def test_missing_logit_is_reported(calibration: Calibration) -> None:
    rows, wide, deep, groups = world(2, 10)
    deep[3] = np.nan
    with pytest.raises(CodeOriginError, match="the deep logit of every function"):
        fit_refined(rows, wide, deep, calibration, CONFIG, groups)
