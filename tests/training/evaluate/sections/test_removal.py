from pathlib import Path

import numpy as np
import pytest

from codeorigin.explain.explanation import ExplainOptions, Method
from codeorigin.explain.occlusion import hidden_logit
from codeorigin_training.corpus.rows import Row
from codeorigin_training.evaluate.config import EvaluateConfig
from codeorigin_training.evaluate.sections.faithfulness import faithfulness
from codeorigin_training.evaluate.sections.line_scores import line_scores
from codeorigin_training.evaluate.sections.neutral import neutral
from codeorigin_training.evaluate.sections.removal import Reader, Removal
from codeorigin_training.measure.detector import Detector
from support.snippets import LEDGER
from support.tiny_model import TinyModel
from support.tiny_training import tiny_rows


@pytest.fixture(scope="module")
def detector(tiny_model_dir: Path) -> Detector:
    return Detector(tiny_model_dir)


def masks(reader: Reader, *removed: int) -> np.ndarray:
    return np.isin(reader.lines, removed)[None]


def test_with_nothing_taken_out_both_ways_give_the_models_logit(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    (logit,) = detector.score_texts([(LEDGER, "python")])
    for removal in Removal:
        assert reader.without(masks(reader), removal)[0] == pytest.approx(logit, abs=1e-4)


def test_with_every_line_hidden_an_input_is_left_that_says_nothing(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    expected = detector.bundle.bias + hidden_logit(detector.scorer, reader.features)
    hidden = reader.without(np.ones((1, len(reader.lines)), dtype=bool), Removal.HIDDEN)
    assert hidden[0] == pytest.approx(expected, abs=1e-4)


def test_one_hidden_line_is_line_occlusion(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    explained = detector.explainer.explain(LEDGER, "python", options=ExplainOptions(method=Method.OCCLUSION))
    each_alone = np.eye(len(reader.lines), dtype=bool)
    lost = explained.logit - reader.without(each_alone, Removal.HIDDEN)
    np.testing.assert_allclose(lost, [line.value for line in explained.lines], atol=1e-4)


def test_deleted_lines_are_not_in_the_text_that_is_scored(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    left = reader.remaining(np.isin(reader.lines, [3, 4]))
    assert "credit" not in left
    assert left.startswith("def close_ledger")
    assert left.count("\n") == LEDGER.count("\n") - 2
    (expected,) = detector.score_texts([(left, "python")])
    assert reader.without(masks(reader, 3, 4), Removal.DELETED)[0] == pytest.approx(expected)


def test_every_method_scores_every_line_that_the_model_reads(detector: Detector) -> None:
    reader = Reader.of(LEDGER, "python", detector)
    scores = line_scores(detector, LEDGER, "python", np.random.default_rng(0))
    assert list(scores) == ["shipped", "ig_zero", "ig_pad", "occlusion", "random"]
    assert {len(values) for values in scores.values()} == {len(reader.lines)}


def test_a_bundle_without_a_deep_part_has_no_other_baselines(tiny_wide_model: TinyModel) -> None:
    scores = line_scores(Detector(tiny_wide_model.directory), LEDGER, "python", np.random.default_rng(0))
    assert list(scores) == ["shipped", "occlusion", "random"]


def test_shipped_and_occluded_lines_lose_more_than_random_ones(detector: Detector) -> None:
    config = EvaluateConfig(faithfulness_functions=24, rounds=20)
    found = faithfulness(tiny_rows(60), detector, config, lambda line: None)
    assert found.functions == 24
    for removal in found.removals:
        by_name = {each.method: each for each in removal.methods}
        random = by_name["random"].comprehensiveness.value
        assert random is not None
        for name in ("shipped", "occlusion"):
            value = by_name[name].comprehensiveness.value
            assert value is not None
            assert value > random
            assert by_name[name].deletion[0] > 0


def test_functions_of_other_lengths_are_not_explained(detector: Detector) -> None:
    short = [Row("def a(): pass", "python", label, "a/b", "", False, False, 1) for label in (0, 1)]
    found = faithfulness(short, detector, EvaluateConfig(), lambda line: None)
    assert (found.functions, found.removals) == (0, ())


def test_the_distance_of_masks_from_the_bias_is_the_deep_logit_of_masks(detector: Detector) -> None:
    lengths = (8, 32, 64)
    masked = [np.full(length, detector.scorer.tokenizer.mask_id) for length in lengths]
    expected = np.abs(detector.scorer.deep_logits(masked)).max()
    found = neutral(detector)
    assert found.distance == pytest.approx(expected, abs=1e-5)
    assert found.holds is bool(expected <= found.bound)


def test_a_model_without_tokens_is_neutral(tiny_wide_model: TinyModel) -> None:
    assert neutral(Detector(tiny_wide_model.directory)).holds
