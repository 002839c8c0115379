"""Rows of n-grams -> distinct rows with damped and scaled counts, for many functions and views with one sort.

Counts are damped to ``1 + log(count)`` and every view of a function is divided by its Euclidean norm to a power, so
that a long function is not louder than a short one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.unsignedinteger]
"""``function * table_size + row``: sorts by function, then by view, then by row. See :func:`no_key`."""

Values = npt.NDArray[np.float32]

_DAMPED = np.concatenate([[0], 1.0 + np.log(np.arange(1, 1024))]).astype(np.float32)
"""``1 + log(count)`` by count."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Distinct n-grams of a batch: ``ids`` int64 and ``values`` float32, both ``(N,)``, function after function.

    ``borders`` int64 ``(functions + 1,)``: function ``f`` has those from ``borders[f]`` to ``borders[f + 1]``.
    """

    ids: npt.NDArray[np.int64]
    values: Values
    borders: npt.NDArray[np.int64]


def key_type(functions: int, table_size: int) -> type[np.unsignedinteger]:
    """The smallest type that holds the keys of so many functions: half the bytes sort in less than half the time."""
    return np.uint32 if functions * table_size < np.iinfo(np.uint32).max else np.uint64


def no_key(dtype: type[np.unsignedinteger]) -> int:
    """What stands for no n-gram among keys of ``dtype``."""
    return np.iinfo(dtype).max


def count(keys: Keys, functions: int, widths: Sequence[int], norm_powers: Sequence[float]) -> Counted:
    """Count equal keys.

    Args:
        keys: ``(M,)``, sorted in place; those that are :func:`no_key` do not count.
        functions: how many the batch holds.
        widths: rows of each view, in the order of the table.
        norm_powers: the power of each view's norm that its values are divided by.
    """
    keys.sort()
    keys = keys[: np.searchsorted(keys, keys.dtype.type(no_key(keys.dtype.type)))]
    is_first = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    firsts = np.flatnonzero(is_first)
    distinct = keys.take(firsts)
    values = _damped(firsts, len(keys))

    table_size = sum(widths)
    view_starts = np.cumsum([0, *widths[:-1]])
    starts = (np.arange(functions)[:, None] * table_size + view_starts).ravel()
    borders = np.append(np.searchsorted(distinct, starts.astype(keys.dtype)), len(distinct))
    values /= np.repeat(_divisors(values, borders, norm_powers), np.diff(borders))

    of_function = borders[:: len(widths)]
    ids = distinct.astype(np.int64)
    for function, (start, end) in enumerate(pairwise(of_function.tolist())):
        ids[start:end] -= function * table_size
    return Counted(ids, values, of_function)


def _damped(firsts: npt.NDArray[np.int64], keys: int) -> Values:
    """Damped counts ``(N,)`` of sorted keys, of which ``firsts`` begin a run of equals."""
    counts = np.empty(len(firsts), dtype=np.int64)
    np.subtract(firsts[1:], firsts[:-1], out=counts[:-1])
    counts[-1:] = keys - firsts[-1:]
    values = _DAMPED.take(counts, mode="clip")
    # One n-gram in a hundred thousand is so frequent.
    frequent = np.flatnonzero(counts >= len(_DAMPED))
    values[frequent] = 1.0 + np.log(counts[frequent])
    return values


def _divisors(values: Values, borders: npt.NDArray[np.int64], norm_powers: Sequence[float]) -> Values:
    """The norm of each view of each function, which ``borders`` bound, to the view's power; 1 for an empty one.

    In float64: a sum of float32 differs from processor to processor, and logits would with it.
    """
    starts, ends = borders[:-1], borders[1:]
    # An empty view may begin behind the last value.
    squares = np.append(np.square(values, dtype=np.float64), 0.0)
    sums = np.where(starts < ends, np.add.reduceat(squares, starts), 1.0)
    powers = np.tile(np.asarray(norm_powers, dtype=np.float64), len(sums) // len(norm_powers))
    return np.power(sums, powers / 2).astype(np.float32)
