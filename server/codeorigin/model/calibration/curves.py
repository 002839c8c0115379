"""The two curves behind every calibrated answer: the sigmoid, and the scores of human-written code."""

import math
from bisect import bisect_left
from collections.abc import Sequence


def sigmoid(value: float) -> float:
    """``1 / (1 + exp(-value))`` without overflow at either end."""
    if value >= 0:
        return 1.0 / (1.0 + math.exp(-value))
    power = math.exp(value)
    return power / (1.0 + power)


def check_survival(logits: Sequence[float], shares: Sequence[float]) -> None:
    """Raise ValueError unless ``logits`` are ascending, not empty, and as many as ``shares``."""
    if len(logits) != len(shares) or not logits:
        raise ValueError("human_logits and human_shares must be of one length and not empty")
    if list(logits) != sorted(logits):
        raise ValueError("human_logits must rise")


def survival(logits: Sequence[float], shares: Sequence[float], logit: float) -> float:
    """Share, 0 to 1, of the curve's samples that score at least ``logit``.

    Args:
        logits: ascending.
        shares: as many as ``logits``, descending: the share of samples that score at least as high as each.
        logit: where to read the curve; linear between the points, 1 below the first, the last share above the last.
    """
    index = bisect_left(logits, logit)
    if index == 0:
        return 1.0 if logit < logits[0] else shares[0]
    if index == len(logits):
        return shares[-1]
    low, high = logits[index - 1], logits[index]
    weight = 0.0 if high == low else (logit - low) / (high - low)
    return shares[index - 1] * (1.0 - weight) + shares[index] * weight
