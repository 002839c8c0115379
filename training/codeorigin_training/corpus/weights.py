"""Sample weights that take language, tests, length and comments out of the label, and no repository too loud."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.corpus.documented import documented
from codeorigin_training.corpus.rows import DISTRIBUTION_SOURCE, Row

LENGTH_EDGES = (9, 16, 30)
"""First line counts of the length classes after the first: 1-8, 9-15, 16-29 and 30 or more lines."""

PAIR_WEIGHT = 4.0
"""Weight of each row of a same-task pair, in mean rows of the corpus: more teaches style at the cost of all else."""

DISTRIBUTION_WEIGHT = 0.5
"""Weight of a distribution's row beside one of a repository that has as many: a package never holds the other class."""

_RARER_CLASS_CAP = 3.0


def cells(rows: Sequence[Row]) -> Integers:
    """Index of each row's language x test x length cell, int64 of shape ``(len(rows),)``."""
    lengths = np.digitize([row.lines for row in rows], LENGTH_EDGES)
    names = [f"{row.language}|{row.is_test}|{length}" for row, length in zip(rows, lengths, strict=True)]
    return np.unique(names, return_inverse=True)[1].astype(np.int64)


def balanced_weights(
    rows: Sequence[Row], *, distribution: float = DISTRIBUTION_WEIGHT, by_documented: bool = True
) -> Floats:
    """Weights ``(len(rows),)`` of mean 1, equal in sum over the classes of every cell.

    A row counts ``1 / sqrt(n)`` of the ``n`` rows that its project has with its label: more rows of one
    project say little that is new; those of a distribution ``distribution`` of that. A cell weighs at most three
    times what its rarer class does, so that a handful of rows cannot speak for a cell; a cell with one class alone
    gets no weight. A distribution's rows stand in for other human rows and make no cell heavier, so that
    its packages' languages do not become those that count.

    Args:
        rows: of the corpus.
        distribution: weight of a distribution's row, beside that of any other.
        by_documented: cells are of functions with, or without, a comment or docstring too.
    """
    labels = np.array([row.label for row in rows])
    packaged = np.array([row.source == DISTRIBUTION_SOURCE for row in rows])
    sources = np.unique([f"{row.project}|{row.label}" for row in rows], return_inverse=True)[1]
    base = np.where(packaged, distribution, 1.0) / np.sqrt(np.bincount(sources)[sources])
    cell = cells(rows)
    if by_documented:
        cell = 2 * cell + documented(rows)
    mass = np.zeros((cell.max() + 1, 2))
    np.add.at(mass, (cell, labels), base)
    unpackaged = np.zeros_like(mass)
    np.add.at(unpackaged, (cell, labels), np.where(packaged, 0.0, base))
    target = np.minimum(unpackaged.sum(axis=1) / 2, _RARER_CLASS_CAP * unpackaged.min(axis=1))
    balanced = base * (target[:, None] / np.maximum(mass, 1e-12))[cell, labels]
    weights: Floats = balanced / balanced.mean()
    return weights


def balanced_or_equal_weights(rows: Sequence[Row]) -> Floats:
    """:func:`balanced_weights` ``(len(rows),)``, or all alike where no cell holds both classes."""
    with np.errstate(invalid="ignore"):
        weights = balanced_weights(rows)
    return weights if np.isfinite(weights).all() and weights.any() else np.ones(len(rows))


def matched_sample(rows: Sequence[Row], keep: Booleans, seed: int) -> Integers:
    """Indices of an evaluation sample with equally many rows of both classes in every cell.

    Args:
        rows: candidates.
        keep: bool ``(len(rows),)``, the rows that may be drawn.
        seed: of the draw.
    """
    return next(iter(matched_samples(rows, keep, (seed,))))


def matched_samples(rows: Sequence[Row], keep: Booleans, seeds: Iterable[int]) -> Iterator[Integers]:
    """:func:`matched_sample` ``(k,)`` of every seed: whom the larger class sends is chance, a mean less so."""
    labels = np.array([row.label for row in rows])
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
