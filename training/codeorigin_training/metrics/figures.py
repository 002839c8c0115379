"""Compute figures of merit from a sample's logits, each with an interval by bootstrap over repositories."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.statistics import (
    auroc,
    bootstrap_intervals,
    expected_calibration_error,
    tpr_at_fpr,
)

Statistics = Callable[[Integers], Floats]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 90 % interval by bootstrap over repositories (tasks, for snippets)."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of merit on one sample; ``units`` is its number of repositories (tasks, for snippets).

    ``false_positive_rate`` is at the bundle's frozen threshold, with units weighted equally.
    """

    auroc: Estimate
    tpr_at_1: Estimate
    tpr_at_01: Estimate
    false_positive_rate: Estimate
    calibration_error: Estimate
    unsure: Estimate
    items: int
    positives: int
    units: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Items to measure (functions or files), all ``(n,)``.

    ``within`` selects the mean AUROC inside groups instead of one over all items. ``answers`` is None for a
    model without thresholds.
    """

    labels: Integers
    groups: Integers
    logits: Floats
    answers: Answers | None
    within: bool = False

    def take(self, index: Integers) -> "Sample":
        """The items at ``index``, int64 ``(k,)``."""
        answers = None if self.answers is None else self.answers.take(index)
        return Sample(self.labels[index], self.groups[index], self.logits[index], answers, self.within)


def measure(sample: Sample, *, rounds: int, seed: int) -> Figures:
    """All figures of ``sample``.

    A true-positive rate is None if there are too few human items for its false-positive rate. It is always None
    inside repositories, which have too few.
    """
    labels, logits, answers = sample.labels, sample.logits, sample.answers
    humans = int((labels == 0).sum())
    rates = [rate if humans * rate >= 1.0 and not sample.within else None for rate in (0.01, 0.001)]
    human_weight = group_weights(sample.groups, labels == 0)
    ranking = auroc_statistic(sample)

    def statistics(index: Integers) -> Floats:
        drawn_labels, drawn_logits = labels[index], logits[index]
        found = [
            ranking(index),
            *(np.nan if rate is None else tpr_at_fpr(drawn_labels, drawn_logits, rate) for rate in rates),
        ]
        if answers is None or not len(index):
            return np.array([*found, np.nan, np.nan, np.nan])
        return np.array(
            [
                *found,
                weighted_mean(answers.llm[index], human_weight[index]),
                expected_calibration_error(drawn_labels, answers.probability[index]),
                float((~answers.llm[index] & ~answers.human[index]).mean()),
            ]
        )

    ranked, at_1, at_01, false_positives, calibration, unsure = estimate(
        sample.groups, statistics, rounds=rounds, seed=seed
    )
    return Figures(
        auroc=ranked,
        tpr_at_1=at_1,
        tpr_at_01=at_01,
        false_positive_rate=false_positives,
        calibration_error=calibration,
        unsure=unsure,
        items=len(labels),
        positives=int(labels.sum()),
        units=len(np.unique(sample.groups)),
    )


def auroc_statistic(sample: Sample) -> Callable[[Integers], float]:
    """AUROC of the items at an index ``(k,)``, over all of them or as a mean over the groups with both classes."""
    if not sample.within:
        return lambda index: auroc(sample.labels[index], sample.logits[index])
    values = np.full(len(sample.groups), np.nan)
    for group in np.unique(sample.groups):
        inside = sample.groups == group
        values[inside] = auroc(sample.labels[inside], sample.logits[inside])
    weights = group_weights(sample.groups, np.isfinite(values))
    return lambda index: weighted_mean(np.nan_to_num(values[index]), weights[index])


def group_weights(groups: Integers, keep: Booleans) -> Floats:
    """``1 / n`` for each of the ``n`` kept items of a group, 0 for the others; all ``(items,)``.

    With these weights, a mean over items is a mean over groups, also over the groups of a bootstrap draw, in which a
    group may occur twice.
    """
    _, group = np.unique(groups, return_inverse=True)
    counts = np.bincount(group, weights=keep.astype(np.float64), minlength=1)
    weights: Floats = np.where(keep, 1.0 / np.maximum(counts[group], 1.0), 0.0)
    return weights


def weighted_mean(values: Floats | Booleans, weights: Floats) -> float:
    """The mean of ``values`` with ``weights``, both ``(n,)``; NaN if the weights sum to 0."""
    total = float(weights.sum())
    return float(values @ weights) / total if total > 0 else float("nan")


def estimate(groups: Integers, statistics: Statistics, *, rounds: int, seed: int) -> list[Estimate]:
    """``statistics`` of all items with bootstrap intervals over ``groups`` ``(n,)``; None where not finite."""
    values = statistics(np.arange(len(groups), dtype=np.int64))
    intervals = bootstrap_intervals(groups, statistics, rounds=rounds, seed=seed)
    if not len(intervals):
        intervals = np.full((len(values), 2), np.nan)
    return [
        Estimate(_finite(value), _finite(low), _finite(high))
        for value, (low, high) in zip(values, intervals, strict=True)
    ]


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
