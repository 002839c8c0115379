"""Ranking figures of scores, on classes matched by everything that must not distinguish them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.measure.metrics import auroc, bootstrap_interval, tpr_at_fpr

DRAWS = 10
"""The draw of the larger class is random: across draws, the TPR at 1 % FPR of commits deviates by up to .016."""


def tpr_at_1_fpr(labels: Integers, scores: Floats) -> float:
    """True-positive rate at a false-positive rate of 1 %, from labels and scores ``(n,)``."""
    return tpr_at_fpr(labels, scores, 0.01)


def ranking_figures(
    labels: Integers, scores: Floats, repositories: Integers, samples: Sequence[Integers]
) -> dict[str, Any]:
    """AUROC and TPR at 1 % FPR: means over ``samples``, and 90 % intervals on the first one.

    Args:
        labels: ``(n,)``, 1 for LLM code.
        scores: ``(n,)``, higher for LLM code.
        repositories: ``(n,)``, the units that the bootstrap draws.
        samples: draws of :func:`~codeorigin_training.corpus.weights.matched_samples`.
    """
    first = samples[0]

    def both(name: str, statistic: Callable[[Integers, Floats], float]) -> dict[str, Any]:
        return {
            name: float(np.mean([statistic(labels[each], scores[each]) for each in samples])),
            f"{name}_interval_90": bootstrap_interval(
                repositories[first], lambda index: statistic(labels[first][index], scores[first][index])
            ),
        }

    return {**both("auroc", auroc), **both("tpr_at_1_fpr", tpr_at_1_fpr)}
