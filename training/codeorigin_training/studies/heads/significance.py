"""Significance tests over repositories, and Holm's correction over a family of tests."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from codeorigin_training.arrays import Floats

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class PairedTest:
    """The mean difference of two measurements of the same units, its t statistic and its p value."""

    difference: float
    statistic: float
    p: float


def by_unit(values: Floats, units: Sequence[str]) -> Floats:
    """Means ``(units, ...)`` of ``values`` ``(n, ...)`` over the rows of each unit, ignoring NaN."""
    names, places = np.unique(list(units), return_inverse=True)
    total = np.zeros((len(names), *values.shape[1:]))
    counts = np.zeros_like(total)
    np.add.at(total, places, np.nan_to_num(values))
    np.add.at(counts, places, np.isfinite(values).astype(np.float64))
    return np.where(counts > 0, total / np.maximum(counts, 1), np.nan)


def paired_test(left: Floats, right: Floats) -> PairedTest:
    """Student's paired t-test of ``left`` against ``right``, ``(units,)`` each; p is 1 with too few units."""
    both = np.isfinite(left) & np.isfinite(right)
    differences = left[both] - right[both]
    if len(differences) < _FEWEST:
        return PairedTest(float("nan"), 0.0, 1.0)
    if np.ptp(differences) < 1e-12:
        certain = abs(float(differences[0])) > 1e-12
        return PairedTest(float(differences[0]), float("inf") if certain else 0.0, 0.0 if certain else 1.0)
    found = stats.ttest_rel(left[both], right[both])
    return PairedTest(float(differences.mean()), float(found.statistic), float(found.pvalue))


def holm(p_values: Floats) -> Floats:
    """Corrected p values ``(n,)``; those below alpha are significant at a family-wise error of alpha.

    Source: Holm, "A simple sequentially rejective multiple test procedure" (1979).
    """
    order = np.argsort(p_values)
    count = len(p_values)
    raised = np.maximum.accumulate(p_values[order] * (count - np.arange(count)))
    corrected = np.empty(count)
    corrected[order] = np.minimum(raised, 1.0)
    return corrected
