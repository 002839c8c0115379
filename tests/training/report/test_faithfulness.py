"""Faithfulness of explanations, the removal of lines that it needs, and controls that must not work."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.table import AGENTS, OLD
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.controls import LENGTH_BOUND, TrainingSet, controls
from codeorigin_training.report.faithfulness import SHARES, comparisons, faithfulness, measure_order
from codeorigin_training.report.occlusion import hidden_logit
from codeorigin_training.report.removal import OCCLUSION, RANDOM, SHIPPED, Reader, Removal, line_scores
from codeorigin_training.report.section import Section
from support.corpus_maker import human_function
from support.snippets import LEDGER
from support.tiny_model import TinyModel
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
    return [each.holds for each in comparisons(Removal.DELETED, found, np.arange(40), CONFIG)]


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


def masks(reader: Reader, *removed: int) -> np.ndarray:
    return np.isin(reader.lines, removed)[None]


def test_removing_nothing_gives_the_models_logit(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    (logit,) = detector.score_texts([(LEDGER, "python")])
    for removal in Removal:
        assert reader.without(masks(reader), removal)[0] == pytest.approx(logit, abs=1e-4)


def test_hiding_every_line_gives_logit_of_hidden_input(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    expected = reader.features.bias + hidden_logit(detector.scorer, reader.features)
    hidden = reader.without(np.ones((1, len(reader.lines)), dtype=bool), Removal.HIDDEN)
    assert hidden[0] == pytest.approx(expected, abs=1e-4)


def test_hiding_one_line_equals_line_occlusion(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    logit = detector.explainer.explain(LEDGER, "python").logit
    each_alone = np.eye(len(reader.lines), dtype=bool)
    lost = logit - reader.without(each_alone, Removal.HIDDEN)
    scores = line_scores(detector, LEDGER, "python", np.random.default_rng(0))
    np.testing.assert_allclose(lost, scores[OCCLUSION], atol=1e-4)


def test_deleted_lines_are_not_in_scored_text(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    left = reader.remaining(np.isin(reader.lines, [3, 4]))
    assert "credit" not in left
    assert left.startswith("def close_ledger")
    assert left.count("\n") == LEDGER.count("\n") - 2
    (expected,) = detector.score_texts([(left, "python")])
    assert reader.without(masks(reader, 3, 4), Removal.DELETED)[0] == pytest.approx(expected)


def test_every_method_scores_every_line_that_model_reads(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    scores = line_scores(detector, LEDGER, "python", np.random.default_rng(0))
    assert list(scores) == [
        SHIPPED, "Integrated Gradients from zero", "Integrated Gradients from PAD", OCCLUSION, RANDOM,
    ]  # fmt: skip
    assert {len(values) for values in scores.values()} == {len(reader.lines)}


def test_bundle_without_deep_part_has_no_gradient_methods(tiny_wide_model: TinyModel) -> None:
    scores = line_scores(Detector(tiny_wide_model.directory), LEDGER, "python", np.random.default_rng(0))
    assert list(scores) == [SHIPPED, OCCLUSION, RANDOM]


def test_shipped_and_occluded_lines_lose_more_than_random_ones(detector: Detector) -> None:
    config = EvaluateConfig(faithfulness_functions=24, rounds=20)
    found = faithfulness(tiny_rows(60), detector, config, lambda line: None)
    assert found.note.startswith("24 functions")
    values = {
        (figure.context, figure.population): figure.value or 0.0
        for figure in found.figures
        if figure.statistic == "comprehensiveness"
    }
    assert len(found.pictures) == len({removal for removal, _ in values}) == 2
    for (removal, method), value in values.items():
        if method in (SHIPPED, OCCLUSION):
            assert value > max(0.0, values[removal, RANDOM])


def test_too_short_functions_are_not_explained(detector: Detector) -> None:
    short = [Row("def a(): pass", "python", label, "a/b", "", False, False, 1) for label in (0, 1)]
    found = faithfulness(short, detector, EvaluateConfig(), lambda line: None)
    assert found.note.startswith("0 functions of 0")
    assert found.pictures == found.figures == found.problems == ()


CONTROLS = EvaluateConfig(slice_functions=300, rounds=20, processes=1)


def no_log(_line: str) -> None:
    pass


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
    leaking = TrainingSet.of(only_people(300, 1, leak=True), processes=1)
    found = controls(leaking, only_people(300, 2, leak=True), CONTROLS, no_log)
    assert found.problems[0].startswith("Control above its bound: length alone")
    assert of_length(found) > 0.6


def test_random_labels_are_not_flagged() -> None:
    config = replace(CONTROLS, slice_functions=2000)
    clean = TrainingSet.of(only_people(1200, 1, leak=False), processes=1)
    found = controls(clean, only_people(1600, 2, leak=False), config, no_log)
    assert not [text for text in found.problems if "alone" in text]
    assert abs(of_length(found) - 0.5) <= LENGTH_BOUND
