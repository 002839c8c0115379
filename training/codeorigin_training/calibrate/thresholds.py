"""Thresholds with a finite-sample guarantee on the false-positive rate in repositories never seen.

Conformal risk control (Angelopoulos, Bates, Fisch, Lei and Schuster, ICLR 2024): with the false-positive rate
inside a repository as its loss, and repositories exchangeable, the lowest threshold whose mean loss ``R`` over
``n`` calibration repositories keeps ``(n * R + 1) / (n + 1) <= rate`` lets through at most ``rate`` of a new
repository's human functions in expectation. Functions of one repository are not independent; repositories are.
"""

from collections.abc import Sequence

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers


def fewest_repositories(rate: float) -> int:
    """How many repositories it takes before any threshold can guarantee ``rate``."""
    return int(np.ceil(1.0 / rate)) - 1


def controlled_threshold(logits: Floats, repositories: Integers, rate: float) -> float | None:
    """The lowest threshold on ``logits`` ``(n,)`` of human code that guarantees ``rate``; None if none does.

    Args:
        logits: raw logits of human functions, out of sample.
        repositories: int64 ``(n,)``, the repository of each.
        rate: share of a new repository's human functions at or above the threshold, in expectation.
    """
    names, group, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    allowed = rate * (len(names) + 1) - 1.0
    if allowed < 0:
        return None
    return _lowest(logits, 1.0 / counts[group], allowed)


def _lowest(logits: Floats, cost: Floats, allowed: float) -> float:
    """The lowest threshold at which the logits that reach it cost at most ``allowed`` together."""
    order = np.argsort(-logits, kind="stable")
    loss = np.cumsum(cost[order])
    descending = logits[order]
    # Taking in the k highest logits costs loss[k - 1]; a tie must be taken in whole.
    last_of_tie = np.append(descending[1:] != descending[:-1], True)
    fits = np.flatnonzero((loss <= allowed + 1e-12) & last_of_tie)
    if len(fits) == 0:
        return float(np.nextafter(descending[0], np.inf))
    return float(descending[fits[-1]])


def supported_threshold(logits: Floats, repositories: Integers, rate: float) -> float:
    """The lowest threshold at which the own mean rate of ``repositories`` is at most ``rate``; promises nothing.

    ``logits`` and ``repositories`` are ``(n,)``.

    :func:`controlled_threshold` without what a guarantee pays for being one.
    """
    names, group, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    return _lowest(logits, 1.0 / counts[group], rate * len(names))


def survival_curve(logits: Floats, repositories: Integers, points: int) -> tuple[Floats, Floats]:
    """Rising logits ``(points,)`` and the share of human code, repositories alike, that scores at least each."""
    _, group, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    order = np.argsort(logits, kind="stable")
    weight = 1.0 / counts[group[order]]
    share = np.cumsum(weight[::-1])[::-1] / weight.sum()
    # Evenly in the logarithm of the share: the tail of high scores is what a user reads.
    wanted = np.geomspace(share[-1], 1.0, points)
    index = np.unique(np.searchsorted(-share, -wanted, side="left").clip(0, len(share) - 1))
    return logits[order][index], share[index]


def human_threshold(
    logits: Floats,
    llm_threshold: float,
    llm_logits: Floats,
    llm_repositories: Integers,
    rate: float,
) -> float:
    """Highest logit below which at most ``rate`` of LLM code falls, repositories weighing alike; all arrays ``(n,)``.

    It bounds the band ``human`` from above; it never exceeds ``llm_threshold``, nor the median of human code,
    so that "human" is not said of code that is merely a little below the LLM threshold.
    """
    _, group, counts = np.unique(llm_repositories, return_inverse=True, return_counts=True)
    order = np.argsort(llm_logits, kind="stable")
    missed = np.cumsum(1.0 / counts[group[order]]) / len(counts)
    index = int(np.searchsorted(missed, rate, side="right"))
    bound = float(llm_logits[order][max(index - 1, 0)])
    return min(bound, llm_threshold, float(np.median(logits)))


def repository_rate(above: Sequence[bool] | Booleans, repositories: Integers) -> float:
    """Mean over ``repositories`` of the share of their functions that are ``above``, both ``(n,)``."""
    _, group, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    return float(np.mean(np.bincount(group, weights=np.asarray(above, dtype=np.float64)) / counts))
