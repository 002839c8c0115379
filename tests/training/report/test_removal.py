from pathlib import Path

import numpy as np
import pytest

from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.faithfulness import faithfulness
from codeorigin_training.report.occlusion import hidden_logit
from codeorigin_training.report.removal import OCCLUSION, RANDOM, SHIPPED, Reader, Removal, line_scores
from support.snippets import LEDGER
from support.tiny_model import TinyModel
from support.tiny_training import tiny_rows


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
    expected = detector.bundle.bias + hidden_logit(detector.scorer, reader.features)
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
