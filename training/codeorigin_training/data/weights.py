"""Sample weights that decorrelate the label from language, tests, length and comments, and limit large projects."""

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from codeorigin.model.reading.comments import find_comments
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row, labels_of, numbered

LENGTH_EDGES = (5, 9, 16, 30)
"""Bounds of the length classes in lines: 1-4 (people's code alone), 5-8, 9-15, 16-29, and 30 or more."""

PAIR_WEIGHT = 4.0
"""Weight of each row of a same-task pair, in mean rows of the corpus; more teaches style at the expense of all else."""

DISTRIBUTION_WEIGHT = 0.5
"""Weight of a distribution's row relative to a repository's with as many rows; a package never has the other class."""

_RARER_CLASS_CAP = 3.0
_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


def length_class(lines: int) -> str:
    """The length class within which classes are matched, such as ``9 to 15 lines``."""
    starts = (1, *LENGTH_EDGES)
    number = int(np.digitize(lines, LENGTH_EDGES))
    if number == len(LENGTH_EDGES):
        return f"{starts[-1]} lines or more"
    return f"{starts[number]} to {starts[number + 1] - 1} lines"


def cells(rows: Sequence[Row]) -> Integers:
    """The index of each row's language x test x length cell, int64 ``(len(rows),)``."""
    lengths = np.digitize([row.lines for row in rows], LENGTH_EDGES)
    names = [f"{row.language}|{row.is_test}|{length}" for row, length in zip(rows, lengths, strict=True)]
    return numbered(names)


def is_documented(code: str, language: str) -> bool:
    """Whether the function's text contains a comment or docstring."""
    # A docstring starts its line at any indentation; normalising the text would take ten times as long.
    return bool(find_comments(_INDENTATION.sub("", code), language))


def balanced_weights(rows: Sequence[Row]) -> Floats:
    """Weights ``(len(rows),)`` with mean 1 and the same sum for both classes in every cell.

    Besides language x test x length, cells are separated by whether functions have a comment or docstring.

    Before balancing, a row has weight ``1 / sqrt(n)`` if its project has ``n`` rows with its label, because more
    rows of the same project add little; a distribution's row has :data:`DISTRIBUTION_WEIGHT` times that. Each class
    of a cell gets at most three times the weight of the rarer class, so that a handful of rows cannot represent a
    cell; a cell with a single class gets no weight. A distribution's rows replace other human rows without adding
    weight to a cell, so that the languages of its packages do not dominate.
    """
    labels = labels_of(rows)
    packaged = np.array([row.is_packaged for row in rows])
    sources = numbered([f"{row.project}|{row.label}" for row in rows])
    base = np.where(packaged, DISTRIBUTION_WEIGHT, 1.0) / np.sqrt(np.bincount(sources)[sources])
    cell = 2 * cells(rows) + np.array([is_documented(row.code, row.language) for row in rows])
    mass = np.zeros((cell.max() + 1, 2))
    np.add.at(mass, (cell, labels), base)
    unpackaged = np.zeros_like(mass)
    np.add.at(unpackaged, (cell, labels), np.where(packaged, 0.0, base))
    target = np.minimum(unpackaged.sum(axis=1) / 2, _RARER_CLASS_CAP * unpackaged.min(axis=1))
    balanced = base * (target[:, None] / np.maximum(mass, 1e-12))[cell, labels]
    weights: Floats = balanced / balanced.mean()
    return weights


def balanced_or_equal_weights(rows: Sequence[Row]) -> Floats:
    """:func:`balanced_weights` ``(len(rows),)``, or equal weights if no cell holds both classes."""
    with np.errstate(invalid="ignore"):
        weights = balanced_weights(rows)
    return weights if np.isfinite(weights).all() and weights.any() else np.ones(len(rows))


def matched_sample(rows: Sequence[Row], keep: Booleans, seed: int) -> Integers:
    """Indices ``(k,)`` of an evaluation sample with the same number of rows of both classes in every cell.

    Args:
        rows: candidates.
        keep: bool ``(len(rows),)``, the rows that may be drawn.
        seed: seed of the draw.
    """
    return next(iter(matched_samples(rows, keep, (seed,))))


def matched_samples(rows: Sequence[Row], keep: Booleans, seeds: Iterable[int]) -> Iterator[Integers]:
    """:func:`matched_sample` ``(k,)`` for every seed, to average over the random choice from the larger class."""
    labels = labels_of(rows)
    cell = cells(rows)
    sides = [
        [np.flatnonzero(keep & (cell == name) & (labels == label)) for label in (0, 1)]
        for name in np.unique(cell)
    ]
    for seed in seeds:
        generator = np.random.default_rng(seed)
        chosen: list[Integers] = []
        for both in sides:
            count = min(len(side) for side in both)
            chosen += [generator.choice(side, count, replace=False) for side in both if count]
        yield np.sort(np.concatenate(chosen)) if chosen else np.zeros(0, dtype=np.int64)
