"""Grouping rows into files and commits."""

from collections.abc import Sequence

import numpy as np
import pytest

from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.context import file_numbers
from codeorigin_training.thresholds.pooled import PooledSample, pooled_samples
from support.corpus_rows import row


def samples(rows: Sequence[Row]) -> list[PooledSample]:
    return pooled_samples(rows, np.arange(float(len(rows))), file_numbers(rows), CalibrateConfig(), 2)


def test_functions_of_one_file_are_one_sample_across_commits() -> None:
    (found,) = samples([row(commit="1"), row("b.py"), row(commit="2", is_test=True)])
    assert found.functions == ((0.0, 3), (2.0, 3))
    assert (found.row.label, found.row.repo, found.row.language, found.row.modern) == (
        1,
        "owner/repo",
        "python",
        False,
    )


def test_classes_eras_and_repositories_are_separate_samples() -> None:
    rows = [row(), row(label=0), row(label=0, modern=True), row(repo="owner/other")]
    found = samples(rows + rows)
    assert sorted((sample.row.repo, sample.row.label, sample.row.modern) for sample in found) == [
        ("owner/other", 1, False),
        ("owner/repo", 0, False),
        ("owner/repo", 0, True),
        ("owner/repo", 1, False),
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"pair": "p1"},
        {"path": ""},
        {"code": "def f(x):\n    return " + "x + " * 40 + "x\n"},
        {"code": "def f(x):\n    y = x\n    return y\n"},
    ],
)
def test_functions_without_verdict_or_file_are_left_out(other: dict[str, object]) -> None:
    assert samples([row(), row(**other)]) == []
    (found,) = samples([row(), row(**other), row()])
    assert len(found.functions) == 2
