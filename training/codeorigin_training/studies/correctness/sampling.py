"""Exact expectations over draws of k of n samples, without drawing any."""

import numpy as np
from scipy.stats import hypergeom

from codeorigin_training.arrays import Booleans, Floats


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
