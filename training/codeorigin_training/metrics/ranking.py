"""Ranking figures of scores, on classes matched by everything that must not distinguish them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.metrics.statistics import auroc, bootstrap_intervals, tpr_at_fpr

DRAWS = 10
"""The draw of the larger class is random: across draws, the TPR at 1 % FPR of commits deviates by up to .016."""

OVER_DRAWS = "mean over draws"
"""``metrics["interval_of"]`` of a manifest whose intervals are of the mean over the draws, as its points are."""

_STATISTICS = ("auroc", "tpr_at_1_fpr")


def ranking_figures(
    labels: Integers,
    scores: Floats,
    repositories: Integers,
    samples: Sequence[Integers],
    *,
    intervals: bool = True,
) -> dict[str, Any]:
    """AUROC and TPR at 1 % FPR as means over ``samples``, with 90 % intervals of these means.

    Args:
        labels: ``(n,)``, 1 for LLM code.
        scores: ``(n,)``, higher for LLM code.
        repositories: ``(n,)``, the units that the bootstrap draws.
        samples: draws of :func:`~codeorigin_training.data.weights.matched_samples`.
        intervals: whether intervals are computed, which takes 200 times as long; without, they are NaN.
    """

    def statistics(index: Integers) -> Floats:
        return np.array([auroc(labels[index], scores[index]), tpr_at_fpr(labels[index], scores[index], 0.01)])

    values = np.mean([statistics(sample) for sample in samples], axis=0)
    bounds = bootstrap_intervals(repositories, statistics, samples=samples if intervals else [])
    if not len(bounds):
        bounds = np.full((len(_STATISTICS), 2), np.nan)
    found: dict[str, Any] = {}
    for name, value, (low, high) in zip(_STATISTICS, values, bounds, strict=True):
        found |= {name: float(value), f"{name}_interval_90": (float(low), float(high))}
    return found
