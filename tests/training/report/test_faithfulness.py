"""Faithfulness of explanations, and controls that must not work."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.table import AGENTS, OLD
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.controls import LENGTH_BOUND, controls
from codeorigin_training.report.faithfulness import (
    OCCLUSION,
    RANDOM,
    SHARES,
    SHIPPED,
    comparisons,
    faithfulness,
    line_scores,
    lines_read,
    measure_order,
    remaining,
)
from codeorigin_training.report.section import Section
from support.corpus_maker import human_function
from support.snippets import LEDGER
from support.tiny_training import tiny_rows

CONFIG = EvaluateConfig(rounds=50)
VALUES = np.array([5.0, -1.0, 3.0, 0.0, 2.0, -2.0, 1.0, 0.0, 0.0, -1.0])
BIAS = -0.5
LOGIT = BIAS + float(VALUES.sum())


def without(removed: np.ndarray) -> np.ndarray:
    """A model whose logit is the sum of its lines."""
    return BIAS + (~removed) @ VALUES


def test_true_order_of_linear_model_has_known_faithfulness() -> None:
    found = measure_order(VALUES, LOGIT, BIAS, without)
    # Removing one, two and five of ten lines costs 5, 5 + 3, and 5 + 3 + 2 + 1 + 0.
    comprehensiveness, sufficiency, _, *deletion = found
    assert comprehensiveness == pytest.approx((5 + 8 + 11) / 3)
    # Keeping only those lines loses the others, which speak against the verdict from the fifth on.
    assert sufficiency == pytest.approx(((7 - 5) + (7 - 8) + (7 - 11)) / 3)
    assert dict(zip(SHARES, deletion, strict=True))[0.3] == pytest.approx(10.0)


def test_human_verdict_is_explained_by_lines_that_speak_for_human() -> None:
    found = measure_order(-VALUES, BIAS - 7.0, BIAS, lambda removed: BIAS - (~removed) @ VALUES)
    assert (found == measure_order(VALUES, LOGIT, BIAS, without)).all()


def test_wrong_order_is_less_faithful_by_both_measures() -> None:
    right = measure_order(VALUES, LOGIT, BIAS, without)
    wrong = measure_order(-VALUES, LOGIT, BIAS, without)
    assert wrong[0] < 0 < right[0]
    assert wrong[1] > right[1]


def measured(values: list[float]) -> list[np.ndarray]:
    return [np.array([value]) for value in values]


def demands_hold(faithfulness: float) -> list[bool]:
    """Whether an explanation of this mean faithfulness meets each requirement, given that occlusion's is 1."""
    noise = np.random.default_rng(0).normal(0.0, 0.1, 40)
    found = {
        SHIPPED: measured((faithfulness + noise).tolist()),
        OCCLUSION: measured([1.0] * 40),
        RANDOM: measured([0.2] * 40),
    }
    return [holds for _, _, holds in comparisons(found, np.arange(40), CONFIG)]


def test_explanation_as_good_as_occlusion_meets_requirements() -> None:
    assert demands_hold(1.0) == [True, True]


def test_interval_must_be_within_the_margin() -> None:
    # The interval of the mean reaches some .025 to either side.
    assert demands_hold(0.95) == [True, True]
    assert demands_hold(0.91) == [False, True]


def test_poor_explanation_fails_requirements() -> None:
    assert demands_hold(0.3) == [False, False]


@pytest.fixture(scope="module")
def detector(tiny_model_dir: Path) -> Detector:
    return Detector(tiny_model_dir)


def test_deleted_lines_are_not_in_scored_text() -> None:
    read = lines_read(LEDGER, "python")
    left = remaining(LEDGER, read, np.isin(read, [3, 4]))
    assert "credit" not in left
    assert left.startswith("def close_ledger")
    assert left.count("\n") == LEDGER.count("\n") - 2
    assert remaining(LEDGER, read, np.zeros(len(read), dtype=bool)) == LEDGER


def test_line_occlusion_is_what_the_logit_loses_without_each_line(detector: Detector) -> None:
    row = replace(tiny_rows(1)[0], code="\n".join(f"call_{number}()" for number in range(10)))
    scores = line_scores(detector, row, LOGIT, without, np.random.default_rng(0))
    assert scores[OCCLUSION] == pytest.approx(VALUES)
    assert {len(values) for values in scores.values()} == {10}


def test_shipped_and_occluded_lines_lose_more_than_random_ones(detector: Detector) -> None:
    config = EvaluateConfig(faithfulness_functions=24, rounds=20)
    found = faithfulness(tiny_rows(60), detector, config, lambda line: None)
    assert found.note.startswith("24 functions")
    lost = {
        figure.population: figure.value or 0.0
        for figure in found.figures
        if figure.statistic == "comprehensiveness"
    }
    assert min(lost[SHIPPED], lost[OCCLUSION]) > max(0.0, lost[RANDOM])
    assert len(found.pictures) == 1


def test_too_short_functions_are_not_explained(detector: Detector) -> None:
    short = [Row("def a(): pass", "python", label, "a/b", "", False, False, 1) for label in (0, 1)]
    found = faithfulness(short, detector, EvaluateConfig(), lambda line: None)
    assert found.note.startswith("0 functions of 0")
    assert found.pictures == found.figures == found.problems == ()


CONTROLS = EvaluateConfig(control_functions=300, rounds=20, processes=1)


def of_length(found: Section) -> float:
    (value,) = (
        figure.value
        for figure in found.figures
        if figure.population.startswith("length") and figure.context == f"{AGENTS} against {OLD}"
    )
    assert value is not None
    return value


def only_people(count: int, seed: int, *, leak: bool) -> list[Row]:
    """Human code with arbitrary labels; with a leak, the functions of one label are longer."""
    generator = random.Random(seed)
    found = []
    for number in range(count):
        code = human_function(generator, "f")
        label = number % 2
        if leak and label:
            code += "\n" + "\n".join("    n += 1 # more" for _ in range(2))
        modern = label == 0 and number % 4 == 0
        # Both get the same length class, so that matching cannot hide the leak.
        found.append(Row(code, "python", label, f"{seed}/{number // 10}", "", modern, False, 12))
    return found


def test_planted_length_leak_is_flagged() -> None:
    leaking = only_people(300, 1, leak=True)
    found = controls(leaking, only_people(300, 2, leak=True), CONTROLS, lambda line: None)
    assert found.problems[0].startswith("Control above its bound: length alone")
    assert of_length(found) > 0.6


def test_random_labels_are_not_flagged() -> None:
    config = replace(CONTROLS, control_functions=2000)
    clean = only_people(1200, 1, leak=False)
    found = controls(clean, only_people(1600, 2, leak=False), config, lambda line: None)
    assert not [text for text in found.problems if "alone" in text]
    assert abs(of_length(found) - 0.5) <= LENGTH_BOUND
