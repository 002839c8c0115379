"""Exact attributions of the wide part: what every occurrence of an n-gram adds to the logit.

The wide logit is a sum of weight times value, so every n-gram's share is known exactly. An n-gram's share is
divided evenly among its occurrences, and an occurrence's among the characters it covers.
"""

import numpy as np
import numpy.typing as npt

from codeorigin.model.ngrams.hashed_views import WideFeatures

Doubles = npt.NDArray[np.float64]


def occurrence_shares(features: WideFeatures, weights: npt.NDArray[np.float32]) -> Doubles:
    """Share ``(M,)`` of every occurrence, in logits; they add up to the wide logit.

    Args:
        features: n-grams of one function, with their occurrences.
        weights: ``(N,)``, the weight of every distinct n-gram.
    """
    count = np.bincount(features.occurrences.feature, minlength=len(features.ids))
    share = weights.astype(np.float64) * features.values
    return (share / np.maximum(count, 1))[features.occurrences.feature]


def character_shares(features: WideFeatures, weights: npt.NDArray[np.float32], length: int) -> Doubles:
    """Share ``(length,)`` of every character of the normalised text, in logits.

    Raises:
        ValueError: an occurrence covers no character or lies outside the text, so its share would be lost.
    """
    start, end = features.occurrences.start, features.occurrences.end
    if len(start) and (np.any(end <= start) or start.min() < 0 or end.max() > length):
        raise ValueError("an n-gram covers no character of the text")
    density = occurrence_shares(features, weights) / (end - start)
    return running_sum(start, end, density, length)


def running_sum(
    start: npt.NDArray[np.integer], end: npt.NDArray[np.integer], value: Doubles, length: int
) -> Doubles:
    """Sum of ``value[i]`` over all ``i`` with ``start[i] <= position < end[i]``, for every position."""
    steps = np.bincount(start, weights=value, minlength=length + 1)
    steps -= np.bincount(end, weights=value, minlength=length + 1)
    total: Doubles = np.cumsum(steps, dtype=np.float64)[:length]
    return total
