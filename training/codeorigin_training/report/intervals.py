"""Figures with bootstrap intervals over groups, by the rounds and the seed of a report's or a study's settings."""

from collections.abc import Callable
from typing import Protocol

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.metrics.figures import Estimate, estimate
from codeorigin_training.metrics.statistics import auroc


class Draws(Protocol):
    """Settings that say how many draws a bootstrap has, and their seed."""

    @property
    def rounds(self) -> int: ...

    @property
    def seed(self) -> int: ...


def with_intervals(
    groups: Integers, statistics: Callable[[Integers], Floats], draws: Draws
) -> list[Estimate]:
    """``statistics`` ``(k,)`` of the items at an index, of all items, with intervals over ``groups`` ``(n,)``."""
    return estimate(groups, statistics, rounds=draws.rounds, seed=draws.seed)


def with_interval(groups: Integers, statistic: Callable[[Integers], float], draws: Draws) -> Estimate:
    """:func:`with_intervals` of one statistic."""
    return with_intervals(groups, lambda index: np.array([statistic(index)]), draws)[0]


def mean(groups: Integers, values: Floats | Booleans, draws: Draws) -> Estimate:
    """The mean of ``values`` ``(n,)``."""
    return with_interval(groups, lambda index: float(values[index].mean()) if len(index) else np.nan, draws)


def area(groups: Integers, labels: Integers, scores: Floats, draws: Draws) -> Estimate:
    """The AUROC of ``scores`` for ``labels``, all ``(n,)``."""
    return with_interval(groups, lambda index: auroc(labels[index], scores[index]), draws)
