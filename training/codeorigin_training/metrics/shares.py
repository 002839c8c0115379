"""Shares of functions, files or commits that get an answer, with repositories weighted equally."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.statistics import bootstrap_interval

Shares = Mapping[str, tuple[Booleans, Booleans]]
"""By name: which functions count, and for which of all functions the answer holds, bool ``(n,)`` each."""

UNSURE = "unsure"
"""The only share that is a mean over functions, as users see it, instead of over repositories."""

FEWEST_AFFECTED = 5
"""Fewer repositories with (or without) a hit give no interval: see :func:`called_share`."""

_ROUNDS = 1000


def called_share(called: Booleans, names: npt.NDArray[Any]) -> dict[str, Any]:
    """The share ``called``, bool ``(n,)``, as the mean over the repositories ``names`` ``(n,)``.

    Besides the ``share``, there is the number of ``repositories``, of those ``affected`` (with anything called), and of
    ``functions``. The 90 % interval, by bootstrap over repositories, is None if fewer than :data:`FEWEST_AFFECTED` are
    affected (or fewer have anything that is not called). A bootstrap of ``n`` repositories of which ``k`` are affected
    draws none of these with a probability of about ``exp(-k)``. So its interval starts at 0 for ``k`` up to 2, and for
    ``k = 0`` it is 0 to 0 even if there are only four repositories. A bound on the share that always holds must allow
    for a repository in which everything is called, and is then about ``3 / n`` (Gaffke, "Three test statistics for a
    nonparametric one-sided hypothesis on the mean of a nonnegative variable", 2005, which is Clopper and Pearson's for
    shares of 0 and 1): 4 % with 68 repositories, which says nothing about shares of 0.1 %. Counts say what is known: if
    none of ``n`` repositories is affected, up to ``3 / n`` of all may be (Hanley and Lippman-Hand, "If nothing goes
    wrong, is everything all right?", JAMA 1983).
    """
    _, index, counts = np.unique(names, return_inverse=True, return_counts=True)
    rates: Floats = np.bincount(index, weights=called.astype(np.float64)) / counts
    affected, spared = int((rates > 0).sum()), int((rates < 1).sum())
    interval = None
    if min(affected, spared) >= FEWEST_AFFECTED:
        places = np.arange(len(rates), dtype=np.int64)
        interval = bootstrap_interval(places, lambda drawn: float(rates[drawn].mean()), rounds=_ROUNDS)
    return {
        "share": float(rates.mean()),
        "interval_90": interval,
        "repositories": len(rates),
        "affected": affected,
        "functions": int(counts.sum()),
    }


def share_of_all(hit: Booleans, names: npt.NDArray[Any]) -> dict[str, Any]:
    """Like :func:`called_share`, but all items weigh the same; the interval still draws repositories.

    Args:
        hit: bool ``(n,)``.
        names: the repository of each item, ``(n,)``.
    """
    groups = np.unique(names, return_inverse=True)[1].astype(np.int64)
    interval = bootstrap_interval(groups, lambda drawn: float(hit[drawn].mean()), rounds=_ROUNDS)
    return called_share(hit, names) | {"share": float(hit.mean()), "interval_90": interval}


def judged_shares(rows: Sequence[Row], answers: Answers, among: Booleans | None = None) -> Shares:
    """The shares in a manifest's ``verdicts``, by name; ``among``, bool ``(n,)``, limits them to a part of the rows."""
    everyone = np.ones(len(rows), dtype=bool) if among is None else among
    llm = np.array([row.label == 1 for row in rows], dtype=bool)
    modern = np.array([row.modern for row in rows], dtype=bool)
    return {
        "false_positive_rate_old": (everyone & ~llm & ~modern, answers.llm),
        "false_positive_rate_modern": (everyone & ~llm & modern, answers.llm),
        "true_positive_rate": (everyone & llm, answers.llm),
        "llm_called_human": (everyone & llm, answers.human),
        "human_called_human": (everyone & ~llm, answers.human),
        UNSURE: (everyone, ~answers.llm & ~answers.human),
    }


def measured_shares(shares: Shares, repositories: Integers) -> dict[str, dict[str, Any] | None]:
    """Each of ``shares`` with its interval; None where nothing counts. ``repositories`` are ``(n,)``."""
    return {
        name: (share_of_all if name == UNSURE else called_share)(hit[keep], repositories[keep])
        if keep.any()
        else None
        for name, (keep, hit) in shares.items()
    }
