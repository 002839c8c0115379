"""N-grams of hashed items -> rows of a weight table with their damped counts, for many functions at once.

Feature hashing (Weinberger et al., ICML 2009) without a sign: an n-gram's polynomial hash modulo the view's
width is its row. Counts are damped to ``1 + log(count)``, and every view of a function is divided by its Euclidean norm
to a power, so that a long function does not outweigh a short one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int64]
Places = npt.NDArray[np.int64]
Rows = npt.NDArray[np.uint32]
Values = npt.NDArray[np.float32]

NO_ROW = np.iinfo(np.uint32).max
"""Placeholder for no n-gram; no table has this row."""

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(29)
_DAMPED = np.concatenate([[0], 1.0 + np.log(np.arange(1, 1024))]).astype(np.float32)
"""``1 + log(count)`` by count."""


@dataclass(frozen=True, slots=True)
class Items:
    """What n-grams are made of: the items of a batch of functions, end to end, in groups that no n-gram crosses.

    ``hashes`` is ``(n,)``; ``lengths`` ``(g,)`` is the number of items in each group and adds up to ``n``;
    ``owners`` ``(g,)``, ascending, is the index of each group's function in the batch.
    """

    hashes: Hashes
    lengths: Counts
    owners: Counts


def ngram_rows(items: Items, orders: range, width: int) -> Iterator[tuple[int, Hashes, Places]]:
    """For each order: the order, a row for every item where an n-gram may begin, and which rows to leave out.

    Rows are uint64 ``(n - order + 1,)`` in ``[0, width)``. The third array lists, unsorted, the positions of n-grams
    that would cross the end of their group. An order greater than the number of items is left out.
    """
    count = len(items.hashes)
    ends = np.cumsum(items.lengths)[:-1]
    rolling = np.zeros(count, dtype=np.uint64)
    for order in range(1, orders.stop):
        left = count - order + 1
        if left <= 0:
            return
        rolling = rolling[:left]
        rolling *= _MULTIPLIER
        rolling += items.hashes[order - 1 :]
        if order >= orders.start:
            # The order is mixed in so that "ab" and an "a" that happens to have the same hash remain distinct.
            rows = rolling * _MIX
            rows += np.uint64(order)
            yield order, _modulo(_mixed(rows), width), _reaching_over(ends, order, left)


def sorted_rows(items: Items, orders: range, width: int, first_row: int, functions: int) -> list[Rows]:
    """The rows of each function's n-grams, ascending, for a view whose first row is ``first_row``.

    Each function's n-grams of all orders are sorted by themselves, because its few thousand rows fit in the processor's
    fastest cache; sorting those of the whole batch takes several times as long.
    """
    rows = np.full((len(items.hashes), len(orders)), NO_ROW, dtype=np.uint32)
    for order, of_order, outside in ngram_rows(items, orders, width):
        column = rows[:, order - orders.start]
        column[: len(of_order)] = np.add(of_order, np.uint64(first_row), out=of_order)
        column[outside] = NO_ROW
    there = np.maximum(items.lengths[:, None] - np.array(orders) + 1, 0).sum(axis=1)
    ends = np.cumsum(_by_function(items.lengths, items.owners, functions))
    found: list[Rows] = []
    start = 0
    for end, ngrams in zip(ends.tolist(), _by_function(there, items.owners, functions).tolist(), strict=True):
        of_function = rows[start:end].reshape(-1)
        of_function.sort()
        found.append(of_function[:ngrams])
        start = end
    return found


def _by_function(counts: Counts, owners: Counts, functions: int) -> Counts:
    return np.bincount(owners, weights=counts, minlength=functions).astype(np.int64)


def _mixed(hashes: Hashes) -> Hashes:
    """Spread the polynomial's low bits before the modulo (the finaliser of splitmix64), in place."""
    shifted = hashes >> _SHIFT
    hashes ^= shifted
    hashes *= _MIX
    np.right_shift(hashes, _SHIFT, out=shifted)
    hashes ^= shifted
    return hashes


def _modulo(hashes: Hashes, width: int) -> Hashes:
    if width & (width - 1) == 0:
        hashes &= np.uint64(width - 1)
    else:
        hashes %= np.uint64(width)
    return hashes


def _reaching_over(ends: Counts, order: int, left: int) -> Places:
    """Positions below ``left`` that are less than ``order`` before a group's end, where an n-gram would cross it."""
    places = (ends[:, None] - np.arange(1, order)).ravel()
    return places[(places >= 0) & (places < left)]


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
