"""Significance tests over repositories, and Holm's correction over a family of tests."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from codeorigin_training.arrays import Floats

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class PairedTests:
    """Mean differences of two measurements of the same units, and their p values, ``(...)`` each."""

    difference: Floats
    p: Floats


def by_unit(values: Floats, units: Sequence[str]) -> Floats:
    """Means ``(units, ...)`` of ``values`` ``(n, ...)`` over the rows of each unit, ignoring NaN."""
    means = pd.DataFrame(values.reshape(len(values), -1)).groupby(list(units)).mean()
    return np.asarray(means, dtype=np.float64).reshape(-1, *values.shape[1:])


def paired_tests(left: Floats, right: Floats) -> PairedTests:
    """Student's paired t-tests of ``left`` against ``right``, ``(units, ...)`` each; p is 1 with too few units."""
    # Rounded, because a difference by an error of rounding is the same in all units.
    gaps = np.round(left - right, 12)
    count = np.isfinite(gaps).sum(axis=0)
    difference = mean_of_known(gaps)
    spread = np.sqrt(np.nansum((gaps - difference) ** 2, axis=0) / np.maximum(count - 1, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = difference / (spread / np.sqrt(count))
    p = 2 * stats.t.sf(np.abs(statistic), np.maximum(count - 1, 1))
    return PairedTests(difference, np.where((count < _FEWEST) | np.isnan(p), 1.0, p))


def mean_of_known(values: Floats) -> Floats:
    """Means ``(...)`` of ``values`` ``(n, ...)``, ignoring NaN; 0 where there is nothing else."""
    means: Floats = np.nansum(values, axis=0) / np.maximum(np.isfinite(values).sum(axis=0), 1)
    return means


def holm(p_values: Floats) -> Floats:
    """Corrected p values ``(n,)``; those below alpha are significant at a family-wise error of alpha.

    Source: Holm, "A simple sequentially rejective multiple test procedure" (1979).
    """
    order = np.argsort(p_values)
    raised = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(raised, 1.0)
    return corrected
