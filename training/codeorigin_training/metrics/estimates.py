"""Estimates with intervals: means, shares and rankings, by bootstrap over projects."""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.metrics.statistics import (
    auroc,
    bootstrap_intervals,
    pairs_in_order,
    percentile_interval,
    tpr_at_fpr,
)
from codeorigin_training.metrics.table import Estimate

FEWEST_AFFECTED = 5
"""Fewer repositories with (or without) a hit give no interval: see :func:`share`."""

_SHARE_ROUNDS = 1000


class Rounds(Protocol):
    """Settings that say how many draws a bootstrap has, and their seed."""

    @property
    def rounds(self) -> int: ...

    @property
    def seed(self) -> int: ...


def estimates(groups: Integers, statistics: Callable[[Integers], Floats], config: Rounds) -> list[Estimate]:
    """``statistics`` ``(k,)`` of the items at an index, of all items, with intervals over ``groups`` ``(n,)``."""
    values = statistics(np.arange(len(groups), dtype=np.int64))
    bounds = bootstrap_intervals(
        groups, statistics, samples=None if config.rounds else [], rounds=config.rounds, seed=config.seed
    )
    return _estimates(values, bounds, len(groups), len(np.unique(groups)))


def estimate(groups: Integers, statistic: Callable[[Integers], float], config: Rounds) -> Estimate:
    """:func:`estimates` of one statistic."""
    return estimates(groups, lambda index: np.array([statistic(index)]), config)[0]


def mean(groups: Integers, values: Floats | Booleans, config: Rounds) -> Estimate:
    """The mean of ``values`` ``(n,)``."""
    return estimate(groups, lambda index: float(values[index].mean()) if len(index) else np.nan, config)


def area(groups: Integers, labels: Integers, scores: Floats, config: Rounds) -> Estimate:
    """The AUROC of ``scores`` for ``labels``, all ``(n,)``."""
    return estimate(groups, lambda index: auroc(labels[index], scores[index]), config)


def pair_estimates(human: Floats, llm: Floats, groups: Integers, config: Rounds) -> list[Estimate]:
    """The AUROC of both sides of pairs, and the share of pairs in order; all ``(n,)``."""

    def statistics(index: Integers) -> Floats:
        labels = np.repeat([0, 1], len(index)).astype(np.int64)
        scores = np.concatenate([human[index], llm[index]])
        return np.array([auroc(labels, scores), pairs_in_order(human[index], llm[index])])

    return estimates(groups, statistics, config)


def share(called: Booleans, projects: npt.NDArray[np.generic]) -> Estimate:
    """The share ``called``, bool ``(n,)``, as the mean over ``projects`` ``(n,)``; no value without any item.

    The interval is None if fewer than :data:`FEWEST_AFFECTED` projects are affected (have anything called), or fewer
    have anything that is not called. A bootstrap of ``n`` projects of which ``k`` are affected
    draws none of these with a probability of about ``exp(-k)``. So its interval starts at 0 for ``k`` up to 2, and for
    ``k = 0`` it is 0 to 0 even if there are only four projects. A bound on the share that always holds must allow
    for a project in which everything is called, and is then about ``3 / n`` (Gaffke, "Three test statistics for a
    nonparametric one-sided hypothesis on the mean of a nonnegative variable", 2005, which is Clopper and Pearson's for
    shares of 0 and 1): 4 % with 68 projects, which says nothing about shares of 0.1 %. Counts say what is known: if
    none of ``n`` projects is affected, up to ``3 / n`` of all may be (Hanley and Lippman-Hand, "If nothing goes
    wrong, is everything all right?", JAMA 1983).
    """
    if not len(called):
        return Estimate(None, n=0, repositories=0)
    _, index, counts = np.unique(projects, return_inverse=True, return_counts=True)
    rates: Floats = np.bincount(index, weights=called.astype(np.float64)) / counts
    affected, spared = int((rates > 0).sum()), int((rates < 1).sum())
    low = high = None
    if min(affected, spared) >= FEWEST_AFFECTED:
        drawn = np.random.default_rng(0).integers(0, len(rates), (_SHARE_ROUNDS, len(rates)))
        low, high = percentile_interval(rates[drawn].mean(axis=1))
    return Estimate(float(rates.mean()), low, high, len(called), len(rates), affected)


def ranking(
    labels: Integers,
    scores: Floats,
    projects: Integers,
    samples: Sequence[Integers],
    *,
    rounds: int = 200,
) -> dict[str, Estimate]:
    """``auroc`` and ``tpr_at_1_fpr`` as means over ``samples``, with intervals of these means.

    Args:
        labels: ``(n,)``, 1 for LLM code.
        scores: ``(n,)``, higher for LLM code.
        projects: ``(n,)``, the units that the bootstrap draws.
        samples: draws of :func:`~codeorigin_training.data.weights.matched_samples`.
        rounds: of the bootstrap, which take nearly all of the time; 0 leaves the intervals out.
    """

    def statistics(index: Integers) -> Floats:
        return np.array([auroc(labels[index], scores[index]), tpr_at_fpr(labels[index], scores[index], 0.01)])

    values = np.mean([statistics(sample) for sample in samples], axis=0)
    bounds = bootstrap_intervals(projects, statistics, samples=samples if rounds else [], rounds=rounds)
    drawn = samples[0]
    found = _estimates(values, bounds, len(drawn), len(np.unique(projects[drawn])))
    return dict(zip(("auroc", "tpr_at_1_fpr"), found, strict=True))


def _estimates(values: Floats, bounds: Floats, n: int, repositories: int) -> list[Estimate]:
    """Estimates of ``values`` ``(k,)`` with ``bounds`` ``(k, 2)``, or ``(0, 2)`` for none."""
    known = bounds if len(bounds) else np.full((len(values), 2), np.nan)
    return [
        Estimate(_finite(value), _finite(low), _finite(high), n, repositories)
        for value, (low, high) in zip(values, known, strict=True)
    ]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
