"""Whether a deep part is kept, judged by whether promises hold on other repositories, on made-up logits."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin.model.calibration.promise import Group
from codeorigin_training.arrays import Floats
from codeorigin_training.corpus.rows import Row
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.decision import deep_part_helps
from codeorigin_training.thresholds.fit import fit_calibration
from codeorigin_training.thresholds.refined import fit_refined

CONFIG = CalibrateConfig(rate=0.1, tail_rate=0.2)
CODE = "def total(values):\n    result = sum(value.amount for value in values)\n    return round(result, 2)"


def world(repositories: int = 60) -> tuple[list[Row], Floats, Floats, list[Group]]:
    """Old human, modern human and LLM code; each part adds information that the other one lacks."""
    generator = np.random.default_rng(0)
    rows = [
        Row(CODE, "go", label, f"owner/project{number}", "", modern, False, 3)
        for number in range(repositories)
        for label, modern in ((0, False), (0, True), (1, False))
        for _ in range(6)
    ]
    labels = np.array([row.label for row in rows])
    wide, deep = generator.normal(size=(2, len(rows))) + 2.0 * labels
    return rows, wide, deep, [Group.BARE] * len(rows)


def decide(deep: Floats, *, refine: bool, repositories: int = 60) -> tuple[bool, list[str]]:
    rows, wide, _, groups = world(repositories)
    config = replace(CONFIG, refine=refine)
    weights = np.ones(len(rows))
    calibration = fit_calibration(rows, wide if refine else wide + deep, weights, config, groups)
    if refine:
        refined = fit_refined(rows, wide, deep, calibration, config, groups)
        assert refined is not None
        calibration = replace(calibration, refined=refined)
    lines: list[str] = []
    return deep_part_helps(rows, wide, deep, calibration, groups, config, lines.append), lines


@pytest.mark.parametrize("refine", [False, True])
def test_helpful_deep_part_is_kept(refine: bool) -> None:
    _, _, deep, _ = world()
    kept, lines = decide(deep, refine=refine)
    assert kept
    assert not any("left out" in line for line in lines)


@pytest.mark.parametrize("refine", [False, True])
def test_deep_part_that_finds_less_at_promised_rate_is_left_out(refine: bool) -> None:
    """Some projects' human functions get the highest logits of all: thresholds suffer, AUROC hardly does."""
    rows, wide, deep, _ = world()
    careful = np.array([row.label == 0 and row.repo.endswith(("3", "7")) for row in rows])
    # Only those that the wide part has not cleared, since a refining deep part never sees the others.
    loud = careful & (wide > 0.0)
    kept, lines = decide(1.5 * deep + 30.0 * loud, refine=refine)
    assert not kept
    reasons = [line for line in lines if "left out" in line]
    assert any("of LLM code would be found" in line for line in reasons)


def test_too_few_repositories_for_two_halves_are_reported() -> None:
    _, _, deep, _ = world(14)
    kept, lines = decide(deep, refine=False, repositories=14)
    assert kept
    assert any("promises were not compared crosswise" in line for line in lines)
