"""Held-out figures of the file-level verdict."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.files import pooled_metrics
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.context import file_numbers
from codeorigin_training.thresholds.pooled import pooled_samples
from support.scales import scale

CODE = "def f(values):\n    total = sum(value for value in values if value)\n    return total / len(values)\n"
RULE = PooledRule(0.0, 0.0, 2, scale(1.0, -1.0))


def figures(rows: list[Row], logits: np.ndarray) -> dict[str, Any]:
    return pooled_metrics(pooled_samples(rows, logits, file_numbers(rows), CalibrateConfig(), 2), RULE)


def rows_of(label: int, repositories: int, modern: bool = False) -> list[Row]:
    """One file with two functions per repository."""
    return [
        Row(CODE, "python", label, f"{label}{modern}{number}", "", modern, False, 3, path="a.py")
        for number in range(repositories)
        for _ in range(2)
    ]


def test_eras_are_ranked_separately_on_pooled_logits() -> None:
    rows = rows_of(1, 4) + rows_of(0, 4) + rows_of(0, 4, modern=True)
    # Single functions of the two classes overlap; file means do not, except for one modern file.
    logits = np.array([5.0, -1.0] * 4 + [1.0, -3.0] * 4 + [1.0, -3.0] * 3 + [9.0, 1.0])
    found = figures(rows, logits)
    assert found["old_human"]["auroc"] == 1.0
    assert found["old_human"]["tpr_at_1_fpr"] == 1.0
    assert found["modern_human"]["auroc"] == 0.75
    assert found["modern_human"]["tpr_at_1_fpr"] == 0.0
    assert (found["modern_human"]["files"], found["modern_human"]["repositories"]) == (8, 8)
    low, high = found["modern_human"]["auroc_interval_90"]
    assert low < 0.75 < high
    assert found["old_human"]["auroc_interval_90"] == (1.0, 1.0)


def test_rates_match_the_rules_bands() -> None:
    rows = rows_of(1, 4) + rows_of(0, 4) + rows_of(0, 4, modern=True)
    pooled = [2.0, 2.0, 0.0, -2.0, -2.0, -2.0, -2.0, 0.0, 1.0, 0.5, -2.0, -2.0]
    found = figures(rows, np.repeat(pooled, 2))["verdicts"]
    assert found["false_positive_rate_old"]["share"] == 0.0
    assert found["false_positive_rate_modern"]["share"] == 0.25
    assert found["true_positive_rate"]["share"] == 0.5
    assert found["llm_called_human"]["share"] == 0.25
    assert found["human_called_human"]["share"] == pytest.approx(5 / 8)
    assert found["unsure"]["share"] == pytest.approx(3 / 12)
    assert found["files"] == 12


def test_files_with_too_few_functions_and_pairs_do_not_count() -> None:
    rows = rows_of(1, 2) + rows_of(0, 2)
    more = [replace(rows[0], path="b.py"), replace(rows[4], path="c.py", pair="p")]
    logits = np.repeat([2.0, 2.0, -2.0, -2.0], 2)
    assert figures(rows + more, np.append(logits, [9.0, 9.0])) == figures(rows, logits)


def test_figures_without_data_are_none() -> None:
    found = figures(rows_of(1, 2), np.ones(4))
    assert found["modern_human"]["auroc"] is None
    assert found["verdicts"]["false_positive_rate_old"] is None
    assert found["verdicts"]["true_positive_rate"]["share"] == 1.0
    empty = figures([], np.zeros(0))
    assert empty["old_human"]["files"] == 0
    assert empty["verdicts"]["unsure"] is None
