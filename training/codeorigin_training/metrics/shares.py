"""Shares of functions, files or commits that get an answer, with repositories weighted equally."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.data.rows import Row, labels_of, modern_of
from codeorigin_training.data.weights import matched_sample
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.statistics import bootstrap_interval, expected_calibration_error

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


def verdict_shares(rows: Sequence[Row], answers: Answers) -> dict[str, dict[str, Any] | None]:
    """Shares of ``rows`` by their ``answers``: how often each class is called what; None where no row counts.

    All are means over projects (:func:`called_share`).
    """
    labels, modern = labels_of(rows), modern_of(rows)
    names = np.array([row.project for row in rows])
    human, llm = labels == 0, labels == 1

    def share(hit: Booleans, among: Booleans) -> dict[str, Any] | None:
        return called_share(hit[among], names[among]) if among.any() else None

    return {
        "false_positive_rate_old": share(answers.llm, human & ~modern),
        "false_positive_rate_modern": share(answers.llm, human & modern),
        "true_positive_rate": share(answers.llm, llm),
        "llm_called_human": share(answers.human, llm),
        "human_called_human": share(answers.human, human),
        "unsure": share(~answers.llm & ~answers.human, np.ones(len(rows), dtype=bool)),
    }


def matched_calibration_error(rows: Sequence[Row], probability: Floats) -> float | None:
    """The calibration error of ``probability`` ``(n,)`` on a matched sample of ``rows``; None if that is empty."""
    matched = matched_sample(rows, np.ones(len(rows), dtype=bool), seed=0)
    if not len(matched):
        return None
    return expected_calibration_error(labels_of(rows)[matched], probability[matched])
