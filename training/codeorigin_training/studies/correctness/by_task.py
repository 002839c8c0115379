"""Figures over tasks: there is one value per task, and intervals resample tasks."""

import numpy as np
from scipy.stats import hypergeom

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.intervals import mean
from codeorigin_training.studies.correctness.config import CorrectnessConfig


def over_tasks(values: Floats, config: CorrectnessConfig) -> Estimate:
    """The mean of one value per task, ``(tasks,)``, with an interval; a task that is drawn twice counts twice."""
    return mean(np.arange(len(values), dtype=np.int64), values, config)


def at_k(units: Integers, good: Booleans, k: int) -> Floats:
    """:func:`any_of_k` in each task ``(tasks,)``; ``units`` ``(n,)`` are the tasks of the samples."""
    return np.array(
        [any_of_k(int((units == u).sum()), int(good[units == u].sum()), k) for u in np.unique(units)]
    )


def best_at_k(units: Integers, good: Booleans, scores: Floats, k: int) -> Floats:
    """:func:`best_by_score` in each task ``(tasks,)``: how often the highest-scoring of ``k`` samples is good."""
    return np.array([best_by_score(scores[units == u], good[units == u], k) for u in np.unique(units)])


def within_tasks(units: Integers, good: Booleans, values: Floats, config: CorrectnessConfig) -> Estimate:
    """Mean AUROC of ``values`` for ``good`` over the tasks that have both, all ``(n,)``."""
    by_task = np.array(
        [auroc(good[units == unit].astype(np.int64), values[units == unit]) for unit in np.unique(units)]
    )
    return over_tasks(by_task[np.isfinite(by_task)], config)


def any_of_k(samples: int, passing: int, k: int) -> float:
    """Unbiased estimate of the chance that at least one of ``k`` samples passes, if ``passing`` of ``samples`` do.

    This is pass@k if all samples are of one model; those of a task here are not, so it is not called that.

    Source: Chen et al., "Evaluating Large Language Models Trained on Code" (2021), section 2.1, equation 1.

    Raises:
        ValueError: the counts contradict each other.
    """
    if not 0 <= passing <= samples or not 1 <= k <= samples:
        raise ValueError(f"{k} of {samples} samples, {passing} of them passing, cannot be drawn")
    return float(hypergeom.sf(0, samples, passing, k))


def best_by_score(scores: Floats, passing: Booleans, k: int) -> float:
    """The chance that the highest-scoring of ``k`` random samples passes; ties are broken in favour of failing ones.

    Args:
        scores: ``(n,)``.
        passing: ``(n,)``.
        k: at most ``n``.
    """
    order = np.lexsort((passing, -scores))
    count = len(scores)
    # The r-th best sample is the best of a draw with it and k - 1 samples ranked below it.
    chance = k / count
    total = 0.0
    for rank, place in enumerate(order):
        total += chance * float(passing[place])
        remaining = count - rank - 1
        if remaining <= 0:
            break
        chance *= max(remaining - k + 1, 0) / remaining
    return total
