"""Figures of the verdicts on whole files and commits, from repositories that nothing was fitted on."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin.model.verdict import Band
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import matched_samples
from codeorigin_training.metrics.ranking import DRAWS, ranking_figures
from codeorigin_training.metrics.shares import called_share, share_of_all
from codeorigin_training.metrics.statistics import expected_calibration_error
from codeorigin_training.thresholds.context import file_numbers
from codeorigin_training.thresholds.eligibility import LengthLimits
from codeorigin_training.thresholds.pooled import PooledSample, pooled_samples


def file_metrics(
    rows: Sequence[Row], logits: Floats, rule: PooledRule, limits: LengthLimits
) -> dict[str, Any]:
    """How ``rule`` ranks and judges the files of ``rows``, whose functions have raw ``logits`` ``(n,)``.

    ``old_human`` and ``modern_human`` have AUROC and TPR at 1 % FPR with 90 % intervals (repositories drawn with
    replacement), as means over ten draws with the classes matched within language x test x number of functions.
    ``verdicts`` has rates at the rule's thresholds, with repositories weighted equally. A figure without samples is
    None. Functions without a verdict by ``limits`` do not count.
    """
    return pooled_metrics(
        pooled_samples(rows, logits, file_numbers(rows), limits, rule.fewest_functions), rule
    )


def pooled_metrics(samples: Sequence[PooledSample], rule: PooledRule) -> dict[str, Any]:
    """Like :func:`file_metrics`, for any samples, whose number is in ``files``."""
    samples = [sample for sample in samples if len(sample.functions) >= rule.fewest_functions]
    pooled = np.array([rule.pooled(sample.functions) for sample in samples])
    return {
        **{name: _era(samples, pooled, modern=modern) for name, modern in _ERAS.items()},
        "verdicts": _verdicts(samples, pooled, rule),
    }


_ERAS = {"old_human": False, "modern_human": True}


def _era(files: Sequence[PooledSample], pooled: Floats, *, modern: bool) -> dict[str, Any]:
    keep = np.array([file.label == 1 or file.modern is modern for file in files], dtype=bool)
    samples = _matched(files, keep)
    if not len(samples[0]):
        return {
            "auroc": None,
            "auroc_interval_90": None,
            "tpr_at_1_fpr": None,
            "tpr_at_1_fpr_interval_90": None,
            "files": 0,
            "repositories": 0,
        }
    labels = np.array([file.label for file in files], dtype=np.int64)
    repositories = _repositories(files)
    return {
        **ranking_figures(labels, pooled, repositories, samples),
        "files": len(samples[0]),
        "repositories": len(np.unique(repositories[samples[0]])),
    }


def _verdicts(files: Sequence[PooledSample], pooled: Floats, rule: PooledRule) -> dict[str, Any]:
    scale = rule.scale
    bands = np.array(
        [
            scale.thresholds(file.language).band(float(logit))
            for file, logit in zip(files, pooled, strict=True)
        ],
        dtype=object,
    )
    labels = np.array([file.label for file in files], dtype=np.int64)
    modern = np.array([file.modern for file in files], dtype=bool)
    repositories = _repositories(files)

    def share(band: Band, among: Booleans) -> dict[str, Any] | None:
        return called_share((bands == band)[among], repositories[among]) if among.any() else None

    human, llm = labels == 0, labels == 1
    matched, *_ = _matched(files, llm | human)
    probabilities = np.array([scale.probability(float(pooled[number])) for number in matched])
    return {
        "false_positive_rate_old": share(Band.LLM, human & ~modern),
        "false_positive_rate_modern": share(Band.LLM, human & modern),
        "true_positive_rate": share(Band.LLM, llm),
        "llm_called_human": share(Band.HUMAN, llm),
        "human_called_human": share(Band.HUMAN, human),
        "unsure": share_of_all(bands == Band.UNSURE, repositories) if len(files) else None,
        "expected_calibration_error": (
            expected_calibration_error(labels[matched], probabilities) if len(matched) else None
        ),
        "files": len(files),
    }


def _matched(files: Sequence[PooledSample], keep: Booleans) -> list[Integers]:
    if not keep.any():
        return [np.zeros(0, dtype=np.int64)]
    return list(matched_samples([file.as_row() for file in files], keep, range(DRAWS)))


def _repositories(files: Sequence[PooledSample]) -> Integers:
    return np.unique([file.repository for file in files], return_inverse=True)[1].astype(np.int64)


def holds_both(files: Integers, labels: Integers) -> Booleans:
    """Whether a function's file contains functions of both classes, bool ``(n,)``."""
    inside = files >= 0
    size = int(files.max(initial=-1)) + 1
    counts = np.stack([np.bincount(files[inside & (labels == label)], minlength=size) for label in (0, 1)])
    both = (counts > 0).all(axis=0)
    found: Booleans = inside & np.append(both, False)[files]
    return found
