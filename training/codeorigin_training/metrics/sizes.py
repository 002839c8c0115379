"""Shares at the thresholds, and verdicts on whole files and commits, by their number of functions."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin_training.arrays import Booleans, Integers
from codeorigin_training.data.rows import Row, labels_of, modern_of
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.files import pooled_metrics
from codeorigin_training.metrics.shares import called_share
from codeorigin_training.thresholds.pooled import PooledSample

SIZES = (("1", 1, 1), ("2-3", 2, 3), ("4-9", 4, 9), ("10 or more", 10, None))
"""Classes of the number of functions that a file or commit has in the corpus: title, fewest, most."""

Range = tuple[str, int, int | None]


def classes(sizes: Integers, ranges: Sequence[Range]) -> list[tuple[str, Booleans]]:
    """The title of each range, and which of ``sizes`` ``(n,)`` are in it, bool ``(n,)``."""
    return [(title, (sizes >= fewest) & (sizes <= (most or np.inf))) for title, fewest, most in ranges]


def sizes_of(numbers: Integers) -> Integers:
    """Number of functions in each function's file or commit, int64 ``(n,)``; 0 if its number is below 0."""
    counts = np.bincount(numbers[numbers >= 0], minlength=1)
    return np.where(numbers >= 0, counts[np.maximum(numbers, 0)], 0).astype(np.int64)


def called_by_size(
    rows: Sequence[Row], contexts: Mapping[str, Answers], numbers: Mapping[str, Integers]
) -> list[dict[str, Any]]:
    """Share of functions that each context calls ``llm``, by the number of functions in their file or commit.

    ``numbers`` has, under ``file`` and ``commit``, the number of each function's file or commit, int64 ``(n,)``, below
    0 for none. Each entry is about old human, modern human or LLM code (``code``) ``within`` files or commits of one
    class of ``functions``, and has a share with its 90 % interval for each context, with repositories weighted equally
    (:func:`~codeorigin_training.metrics.shares.called_share`). Classes without a function are left out.
    """
    labels, modern = labels_of(rows), modern_of(rows)
    names = np.array([row.project for row in rows])
    codes = {"old_human": (labels == 0) & ~modern, "modern_human": (labels == 0) & modern, "llm": labels == 1}
    return [
        {
            "code": code,
            "within": kind,
            "functions": title,
            "contexts": {
                name: called_share(found.llm[chosen], names[chosen]) for name, found in contexts.items()
            },
        }
        for code, among in codes.items()
        for kind, count in numbers.items()
        for title, inside in classes(sizes_of(count), SIZES)
        if (chosen := among & inside).any()
    ]


def whole_by_size(samples: Sequence[PooledSample], rule: PooledRule) -> dict[str, dict[str, Any]]:
    """:func:`~codeorigin_training.metrics.files.pooled_metrics` by size class, without classes below the minimum."""
    counts = np.array([len(sample.functions) for sample in samples], dtype=np.int64)
    return {
        title: pooled_metrics([samples[number] for number in np.flatnonzero(inside).tolist()], rule)
        for title, inside in classes(counts, SIZES)
        if (inside & (counts >= rule.fewest_functions)).any()
    }
