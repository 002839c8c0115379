"""The manifest and the report give the same figures for the same functions."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin_training.corpus.rows import Row
from codeorigin_training.evaluate.config import EvaluateConfig
from codeorigin_training.evaluate.sections.at_thresholds import measure_held_out
from codeorigin_training.measure.detector import Detector
from codeorigin_training.measure.held_out import verdict_metrics
from support.tiny_model import TinyModel
from support.tiny_training import tiny_rows


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Repositories of both classes and eras with 2 to 200 functions, where a draw would change most."""
    sizes = [2, 2, 2, 4, 6, 10, 14, 200]
    places = np.repeat(np.arange(len(sizes)), sizes)
    made = tiny_rows(int(sum(sizes)))
    return [
        replace(row, repo=f"owner/r{place}", modern=row.label == 0 and number % 4 == 0)
        for number, (row, place) in enumerate(zip(made, places.tolist(), strict=True))
    ]


def test_report_has_the_manifests_shares_however_few_rows_are_drawn(
    rows: list[Row], tiny_wide_model: TinyModel
) -> None:
    detector = Detector(tiny_wide_model.directory)
    answers = detector.answers(rows, detector.logits(rows))
    manifest = verdict_metrics(rows, answers)
    found = measure_held_out(rows, detector, EvaluateConfig(held_out_functions=60, rounds=5))
    assert (found.functions, found.units, found.drawn) == (len(rows), 8, 60)
    for ours, key in (
        (found.old_rate, "false_positive_rate_old"),
        (found.modern_rate, "false_positive_rate_modern"),
        (found.found, "true_positive_rate"),
        (found.llm_called_human, "llm_called_human"),
        (found.human_called_human, "human_called_human"),
    ):
        assert ours.value == pytest.approx(manifest[key]), key
    # The manifest's share is over all functions, the report's over repositories, and the tables say so.
    unsure = ~answers.llm & ~answers.human
    assert manifest["unsure"] == pytest.approx(unsure.mean())
    repos = np.array([row.repo for row in rows])
    alike = [unsure[repos == repo].mean() for repo in np.unique(repos)]
    assert found.unsure.value == pytest.approx(np.mean(alike))
