"""Figures of the verdicts on whole files and commits, from repositories that nothing was fitted on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row, labels_of, modern_of, numbered
from codeorigin_training.data.weights import matched_samples
from codeorigin_training.metrics.answers import answers_of
from codeorigin_training.metrics.ranking import DRAWS, ranking_figures
from codeorigin_training.metrics.shares import matched_calibration_error, verdict_shares
from codeorigin_training.thresholds.pooled import PooledSample


def pooled_metrics(samples: Sequence[PooledSample], rule: PooledRule) -> dict[str, Any]:
    """How ``rule`` ranks and judges files or commits of unseen repositories.

    ``old_human`` and ``modern_human`` have AUROC and TPR at 1 % FPR with 90 % intervals (repositories drawn with
    replacement), as means over ten draws with the classes matched within language x test x number of functions.
    ``verdicts`` has rates at the rule's thresholds, with repositories weighted equally, and the number of ``files``.
    A figure without samples is None.
    """
    samples = [sample for sample in samples if len(sample.functions) >= rule.fewest_functions]
    rows = [sample.row for sample in samples]
    pooled = np.array([rule.pooled(sample.functions) for sample in samples])
    labels, modern = labels_of(rows), modern_of(rows)
    answers = answers_of(rows, pooled, rule.scale)
    return {
        "old_human": _ranking(rows, pooled, (labels == 1) | ~modern),
        "modern_human": _ranking(rows, pooled, (labels == 1) | modern),
        "verdicts": {
            **verdict_shares(rows, answers),
            "expected_calibration_error": matched_calibration_error(rows, answers.probability),
            "files": len(rows),
        },
    }


def _ranking(rows: Sequence[Row], pooled: Floats, keep: Booleans) -> dict[str, Any]:
    samples = list(matched_samples(rows, keep, range(DRAWS)))
    if not len(samples[0]):
        names = ("auroc", "auroc_interval_90", "tpr_at_1_fpr", "tpr_at_1_fpr_interval_90")
        return {**dict.fromkeys(names), "files": 0, "repositories": 0}
    repositories = numbered([row.repo for row in rows])
    return {
        **ranking_figures(labels_of(rows), pooled, repositories, samples),
        "files": len(samples[0]),
        "repositories": len(np.unique(repositories[samples[0]])),
    }


def holds_both(files: Integers, labels: Integers) -> Booleans:
    """Whether a function's file contains functions of both classes, bool ``(n,)``."""
    inside = files >= 0
    size = int(files.max(initial=-1)) + 1
    counts = np.stack([np.bincount(files[inside & (labels == label)], minlength=size) for label in (0, 1)])
    both = (counts > 0).all(axis=0)
    found: Booleans = inside & np.append(both, False)[files]
    return found
