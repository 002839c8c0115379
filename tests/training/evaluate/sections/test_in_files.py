"""Functions in their files, measured through a bundle's own rule."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.calibrate.context import file_numbers
from codeorigin_training.corpus.rows import Row
from codeorigin_training.evaluate.config import EvaluateConfig
from codeorigin_training.evaluate.sections.in_files import measure_in_files
from codeorigin_training.measure.answers import answers_by_text, answers_in_files
from codeorigin_training.measure.detector import Detector
from codeorigin_training.measure.held_out import in_file_metrics, ranking_in_files
from support.tiny_model import FILE_CONTEXT, TinyModel, with_file_context
from support.tiny_training import tiny_rows

CONFIG = EvaluateConfig(slice_functions=60, rounds=5)


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory, tiny_wide_model: TinyModel) -> Detector:
    return Detector(with_file_context(tmp_path_factory.mktemp("context"), tiny_wide_model.directory))


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Six repositories with both classes: files of three functions of one class, and one file with both classes."""
    made: list[Row] = []
    for number, row in enumerate(tiny_rows(240)):
        place = number // 2
        path = f"{row.label}_{place % 20 // 3}.py"
        made.append(
            replace(
                row, repo=f"owner/r{place // 20}", path=path, modern=not row.label and place // 3 % 2 == 0
            )
        )
    return [replace(row, path="both.py") if number < 2 else row for number, row in enumerate(made)]


def test_functions_without_neighbours_keep_their_verdict(detector: Detector) -> None:
    rows = [replace(row, path=f"{number}.py") for number, row in enumerate(tiny_rows(12))]
    logits = np.linspace(-3, 3, 12)
    calibration = detector.bundle.calibration
    found = answers_in_files(rows, logits, calibration, file_numbers(rows))
    own = answers_by_text(rows, logits, calibration.alone)
    assert found is not None
    assert not found.heard.any()
    assert found.answers.probability.tolist() == own.probability.tolist()
    assert found.answers.llm.tolist() == own.llm.tolist()


def test_verdicts_with_neighbours_use_their_own_scale(detector: Detector) -> None:
    rows = [replace(row, path="a.py", repo="owner/one") for row in tiny_rows(2)]
    logits = np.array([0.5, 2.0])
    found = answers_in_files(rows, logits, detector.bundle.calibration, file_numbers(rows))
    assert found is not None
    scale = FILE_CONTEXT.scale
    sums = [0.5 + 0.8 * 2.0 / 2, 2.0 + 0.8 * 0.5 / 2]
    assert found.answers.probability.tolist() == pytest.approx([scale.probability(value) for value in sums])
    assert found.answers.llm.tolist() == [True, True]
    # Equal log odds mean equal probabilities, whichever scale they come from.
    assert (1 / (1 + np.exp(-found.log_odds))).tolist() == pytest.approx(found.answers.probability.tolist())


def test_bundle_without_file_rule_has_no_answers_in_files(tiny_wide_model: TinyModel) -> None:
    bare: Calibration = Detector(tiny_wide_model.directory).bundle.calibration
    rows = tiny_rows(4)
    assert answers_in_files(rows, np.zeros(4), bare, file_numbers(rows)) is None
    assert in_file_metrics(rows, np.zeros(4), bare) is None


def test_information_from_files_improves_figures(detector: Detector, rows: list[Row]) -> None:
    """With logits that carry some information about the file's class, and none beyond it about a function."""
    generator = np.random.default_rng(0)
    labels = np.array([row.label for row in rows])
    logits = 0.8 * (2.0 * labels - 1.0) + generator.normal(0, 1.5, len(rows))
    found = in_file_metrics(rows, logits, detector.bundle.calibration)
    assert found is not None
    as_they_are, mixed = found["as_they_are"], found["half_mixed"]
    own = in_file_metrics(
        [replace(row, path=f"{number}.py") for number, row in enumerate(rows)],
        logits,
        detector.bundle.calibration,
    )
    assert own is not None
    assert own["as_they_are"]["heard"] == 0.0
    assert as_they_are["heard"] > 0.9
    assert as_they_are["old_human"]["auroc"] > own["as_they_are"]["old_human"]["auroc"] + 0.05
    assert mixed["old_human"]["auroc"] < as_they_are["old_human"]["auroc"]
    assert "pairs" not in as_they_are


def test_section_compares_both_ways(detector: Detector, rows: list[Row]) -> None:
    found = measure_in_files(rows, detector, CONFIG)
    assert found.functions == len(rows)
    assert found.heard > 0.9
    assert len({row.files for row in found.rows}) == 2
    for row in found.rows:
        assert row.gain.value is not None
        assert row.in_file.auroc.value is not None
        assert row.alone.auroc.value is not None
        assert row.gain.value == pytest.approx(row.in_file.auroc.value - row.alone.auroc.value)
    first, _, together = found.rates
    assert (first.functions, together.functions) == (len(rows), 2)
    assert first.alone.found.value is not None


def test_bundle_without_file_rule_is_rejected(
    tiny_wide_model: TinyModel, rows: list[Row], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match="no rule for functions in their files"):
        measure_in_files(rows, Detector(tiny_wide_model.directory), CONFIG)


def test_baseline_uses_neighbours_by_the_same_rule(rows: list[Row]) -> None:
    generator = np.random.default_rng(1)
    labels = np.array([row.label for row in rows])
    logits = 0.8 * (2.0 * labels - 1.0) + generator.normal(0, 1.5, len(rows))
    found = ranking_in_files(rows, logits, FILE_CONTEXT.rule)
    alone = ranking_in_files(
        [replace(row, path=f"{number}.py") for number, row in enumerate(rows)], logits, FILE_CONTEXT.rule
    )
    assert set(found) == {"old_human", "modern_human", "same_repository"}
    assert found["old_human"]["auroc"] > alone["old_human"]["auroc"] + 0.05
