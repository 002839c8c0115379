"""Sorted rows of n-grams -> distinct rows with damped and scaled counts, for many functions and views at once.

Counts are damped to ``1 + log(count)``, and every view of a function is divided by its Euclidean norm to a power, so
that a long function does not outweigh a short one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin.model.ngrams.hashing import Rows

Values = npt.NDArray[np.float32]

_DAMPED = np.concatenate([[0], 1.0 + np.log(np.arange(1, 1024))]).astype(np.float32)
"""``1 + log(count)`` by count."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Distinct n-grams of a batch: ``ids`` int64 and ``values`` float32, both ``(N,)``, function after function.

    ``borders`` is int64 ``(functions + 1,)``: function ``f`` has those from ``borders[f]`` to ``borders[f + 1]``.
    """

    ids: npt.NDArray[np.int64]
    values: Values
    borders: npt.NDArray[np.int64]


def count(parts: Sequence[Rows], norm_powers: Sequence[float]) -> Counted:
    """Count equal rows.

    Args:
        parts: the ascending rows of each view of each function; all views of a function, then the next function.
        norm_powers: for each view, the power of the norm that its values are divided by.
    """
    rows = np.concatenate(parts)
    ends = np.cumsum(np.fromiter(map(len, parts), dtype=np.int64, count=len(parts)))
    is_first = np.ones(len(rows) + 1, dtype=np.bool_)
    np.not_equal(rows[1:], rows[:-1], out=is_first[1:-1])
    # A part's first row may equal the last row of the part before it. The very last entry is for no row.
    is_first[ends] = True
    firsts = np.flatnonzero(is_first)
    borders = np.concatenate([[0], np.searchsorted(firsts, ends)])
    values = _damped(np.diff(firsts))
    values /= np.repeat(_divisors(values, borders, norm_powers), np.diff(borders))
    return Counted(rows.take(firsts[:-1]).astype(np.int64), values, borders[:: len(norm_powers)])


def _damped(counts: npt.NDArray[np.int64]) -> Values:
    """Damped counts ``(N,)``."""
    values = _DAMPED.take(counts, mode="clip")
    # Only one n-gram in a hundred thousand is this frequent.
    frequent = np.flatnonzero(counts >= len(_DAMPED))
    values[frequent] = 1.0 + np.log(counts[frequent])
    return values


def _divisors(values: Values, borders: npt.NDArray[np.int64], norm_powers: Sequence[float]) -> Values:
    """The norm of each view of each function, delimited by ``borders``, to the view's power; 1 for an empty view.

    Computed in float64, because a float32 sum differs between processors, and so would the logits.
    """
    starts, ends = borders[:-1], borders[1:]
    # An empty view may begin after the last value.
    squares = np.append(np.square(values, dtype=np.float64), 0.0)
    sums = np.where(starts < ends, np.add.reduceat(squares, starts), 1.0)
    powers = np.tile(np.asarray(norm_powers, dtype=np.float64), len(sums) // len(norm_powers))
    return np.power(sums, powers / 2).astype(np.float32)
