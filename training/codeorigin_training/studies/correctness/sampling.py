"""Figures over k samples of n, without drawing any."""

import numpy as np

from codeorigin_training.arrays import Booleans, Floats


def pass_at_k(samples: int, passing: int, k: int) -> float:
    """The chance that at least one of ``k`` of the ``samples`` is among the ``passing`` ones, without bias.

    1 - C(n - c, k) / C(n, k) as a product, which neither overflows nor cancels.

    Source: Chen et al., "Evaluating Large Language Models Trained on Code" (2021), section 2.1, equation 1.

    Raises:
        ValueError: the counts contradict each other.
    """
    if not 0 <= passing <= samples or not 1 <= k <= samples:
        raise ValueError(f"{k} of {samples} samples, {passing} of them passing, cannot be drawn")
    if samples - passing < k:
        return 1.0
    numbers = np.arange(samples - passing + 1, samples + 1, dtype=np.float64)
    return float(1.0 - np.prod(1.0 - k / numbers))


def best_by_score(scores: Floats, passing: Booleans, k: int) -> float:
    """The chance that the best-scored of ``k`` samples drawn at random passes; among equals the worst is taken.

    Args:
        scores: ``(n,)``.
        passing: ``(n,)``.
        k: at most ``n``.
    """
    order = np.lexsort((passing, -scores))
    count = len(scores)
    # The r-th best is the best of a draw that holds it and k - 1 of those after it.
    chance = k / count
    total = 0.0
    for rank, place in enumerate(order):
        total += chance * float(passing[place])
        remaining = count - rank - 1
        if remaining <= 0:
            break
        chance *= max(remaining - k + 1, 0) / remaining
    return total
