"""Figures of merit of a detector, computed from labels and scores alone."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import rankdata

from codeorigin_training.arrays import Floats, Integers


def auroc(labels: Integers, scores: Floats) -> float:
    """Area under the ROC curve of ``labels`` and ``scores`` ``(n,)``; ties count half; NaN if a class is missing."""
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if not positives or not negatives:
        return float("nan")
    # The Mann-Whitney rank sum takes a tenth of the time of a ROC curve, and bootstraps need thousands.
    wins = float(rankdata(scores)[labels == 1].sum()) - positives * (positives + 1) / 2
    return wins / (positives * negatives)


def threshold_at(human_scores: Floats, false_positive_rate: float) -> float:
    """The lowest score that at most ``false_positive_rate`` of ``human_scores`` ``(n,)`` exceed."""
    return float(np.quantile(human_scores, 1.0 - false_positive_rate, method="higher"))


def tpr_at_fpr(labels: Integers, scores: Floats, false_positive_rate: float) -> float:
    """True-positive rate at the threshold with this false-positive rate; ``labels`` and ``scores`` are ``(n,)``."""
    if len(np.unique(labels)) < 2:
        return float("nan")
    threshold = threshold_at(scores[labels == 0], false_positive_rate)
    return float((scores[labels == 1] > threshold).mean())


def expected_calibration_error(labels: Integers, probabilities: Floats, bins: int = 15) -> float:
    """Mean gap between confidence and frequency over bins of equal width (Guo et al., ICML 2017); both ``(n,)``."""
    index = np.minimum((probabilities * bins).astype(int), bins - 1)
    gap = 0.0
    for number in range(bins):
        inside = index == number
        if inside.any():
            gap += inside.mean() * abs(float(probabilities[inside].mean()) - float(labels[inside].mean()))
    return gap


def pairs_in_order(human: Floats, llm: Floats) -> float:
    """Share of same-task pairs whose LLM side scores higher, both ``(pairs,)``; a tie counts half."""
    return float(np.mean((llm > human) + 0.5 * (llm == human)))


def bootstrap_intervals(
    groups: Integers,
    statistics: Callable[[Integers], Floats],
    *,
    samples: Sequence[Integers] | None = None,
    rounds: int = 200,
    seed: int = 0,
) -> Floats:
    """90 % percentile intervals ``(k, 2)`` of ``k`` statistics of the same draws; ``(0, 2)`` without any item.

    Args:
        groups: ``(n,)``, the unit of each item; units are drawn with replacement.
        statistics: the statistics ``(k,)`` of the items at an index. One that is not finite is left out of the draw.
        samples: sets of items, int64 each, such as draws of the larger class. What is estimated is then the mean of the
            statistics over the sets, so every draw of units gives such a mean. By default all items, once.
        rounds: number of draws.
        seed: of the draws.
    """
    sets = [np.arange(len(groups), dtype=np.int64)] if samples is None else samples
    if not any(len(rows) for rows in sets):
        return np.zeros((0, 2))
    units = np.unique(groups, return_inverse=True)[1]
    present = np.unique(units[np.concatenate(sets)])
    generator = np.random.default_rng(seed)
    values = []
    for _ in range(rounds):
        drawn = present[generator.integers(0, len(present), len(present))]
        times = np.bincount(drawn, minlength=int(present[-1]) + 1)
        values.append(
            np.mean([statistics(np.repeat(sample, times[units[sample]])) for sample in sets], axis=0)
        )
    found = np.array(values)
    intervals = np.full((found.shape[1], 2), np.nan)
    for column, drawn_values in enumerate(found.T):
        finite = drawn_values[np.isfinite(drawn_values)]
        if len(finite):
            intervals[column] = percentile_interval(finite)
    return intervals


def percentile_interval(drawn: Floats) -> tuple[float, float]:
    """The 90 % percentile interval of values ``(rounds,)``."""
    low, high = np.quantile(drawn, [0.05, 0.95])
    return float(low), float(high)
