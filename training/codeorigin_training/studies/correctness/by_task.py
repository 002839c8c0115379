"""Figures over tasks: there is one value per task, and intervals resample tasks."""

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.intervals import mean
from codeorigin_training.studies.correctness.config import CorrectnessConfig
from codeorigin_training.studies.correctness.sampling import any_of_k, best_by_score


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
