"""Thresholds with a finite-sample guarantee on the false-positive rate in unseen repositories.

Conformal risk control (Angelopoulos, Bates, Fisch, Lei and Schuster, ICLR 2024): if the loss is the false-positive
rate within a repository, and repositories are exchangeable, the lowest threshold whose mean loss ``R`` over
``n`` calibration repositories satisfies ``(n * R + 1) / (n + 1) <= rate`` lets through at most ``rate`` of a new
repository's human functions in expectation. Functions of the same repository are not independent; repositories are.
"""

from collections.abc import Sequence

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers


def fewest_repositories(rate: float) -> int:
    """The fewest repositories with which any threshold can guarantee ``rate``."""
    return int(np.ceil(1.0 / rate)) - 1


def controlled_threshold(logits: Floats, repositories: Integers, rate: float) -> float | None:
    """The lowest threshold on ``logits`` ``(n,)`` of human code that guarantees ``rate``; None if none does.

    Args:
        logits: raw out-of-sample logits ``(n,)`` of human functions.
        repositories: int64 ``(n,)``, the repository of each.
        rate: expected share of a new repository's human functions at or above the threshold.
    """
    names, group, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    allowed = rate * (len(names) + 1) - 1.0
    if allowed < 0:
        return None
    return _lowest(logits, 1.0 / counts[group], allowed)


def _lowest(logits: Floats, cost: Floats, allowed: float) -> float:
    """The lowest threshold for which the logits at or above it cost at most ``allowed`` in total."""
    order = np.argsort(-logits, kind="stable")
    loss = np.cumsum(cost[order])
    descending = logits[order]
    # Including the k highest logits costs loss[k - 1]; ties must be included as a whole.
    last_of_tie = np.append(descending[1:] != descending[:-1], True)
    fits = np.flatnonzero((loss <= allowed + 1e-12) & last_of_tie)
    if len(fits) == 0:
        return float(np.nextafter(descending[0], np.inf))
    return float(descending[fits[-1]])


def supported_threshold(logits: Floats, repositories: Integers, rate: float) -> float:
    """The lowest threshold at which the mean rate of ``repositories`` themselves is at most ``rate``.

    This is :func:`controlled_threshold` without the guarantee and its cost. Both arrays are ``(n,)``.
    """
    names, group, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    return _lowest(logits, 1.0 / counts[group], rate * len(names))


def survival_curve(logits: Floats, repositories: Integers, points: int) -> tuple[Floats, Floats]:
    """Rising logits ``(k,)`` and the shares ``(k,)`` of human code that score at least as high.

    Repositories have equal weight. ``k`` is at most ``points``. ``logits`` and ``repositories`` are ``(n,)``.
    """
    _, group, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    order = np.argsort(logits, kind="stable")
    weight = 1.0 / counts[group[order]]
    share = np.cumsum(weight[::-1])[::-1] / weight.sum()
    # Evenly spaced in the logarithm of the share, because the tail of high scores is what a user reads.
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
    """The upper bound of band ``human``: the highest logit below which at most ``rate`` of LLM code falls.

    Repositories have equal weight. The bound exceeds neither ``llm_threshold`` nor the median of human code, so that
    code only a little below the LLM threshold is not called human. ``logits`` ``(n,)`` are those of human code;
    ``llm_logits`` and ``llm_repositories`` are ``(m,)``.
    """
    _, group, counts = np.unique(llm_repositories, return_inverse=True, return_counts=True)
    order = np.argsort(llm_logits, kind="stable")
    missed = np.cumsum(1.0 / counts[group[order]]) / len(counts)
    index = int(np.searchsorted(missed, rate, side="right"))
    bound = float(llm_logits[order][max(index - 1, 0)])
    return min(bound, llm_threshold, float(np.median(logits)))


def repository_rate(above: Sequence[bool] | Booleans, repositories: Integers) -> float:
    """Mean over ``repositories`` of the share of their functions that are ``above``; both are ``(n,)``."""
    _, group, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    return float(np.mean(np.bincount(group, weights=np.asarray(above, dtype=np.float64)) / counts))
