"""Finds functions with nearly the same text, since copies across a split make held-out figures too good.

MinHash over shingles of tokens (Broder 1997) with locality-sensitive hashing finds the candidates; the
Jaccard similarity of the shingles themselves decides.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from datasketch import MinHash, MinHashLSH

from codeorigin_training.arrays import Booleans, Integers
from codeorigin_training.data.rows import Row

_PERMUTATIONS = 64
_SHINGLE = 5
"""Tokens in a shingle. Shorter functions are one shingle."""

# Weights of false positives and false negatives; false candidates are rejected later by their shingles.
_MISSED_COUNTS_MORE = (0.1, 0.9)
_TOKEN = re.compile(rb"\w+|[^\w\s]")


def near_duplicates(codes: Sequence[str], *, threshold: float = 0.8, seed: int = 1) -> list[list[int]]:
    """Groups of two or more indices of near-duplicate texts, each in order, the groups by first index.

    Tokens are words and single punctuation marks, so layout is ignored. Two texts are near duplicates if the Jaccard
    similarity of their shingles is at least ``threshold``, above 0 and at most 1. Groups are connected by such pairs,
    so two members may be less similar. Texts with the same tokens are always found; others are found with a
    probability that rises with their similarity (at threshold 0.8: 88 of 100 at 0.8, 97 at 0.85, all but a few in 1000
    at 0.9).
    """
    parent = list(range(len(codes)))
    distinct = list(_first_of_equal(codes, parent))
    lsh = MinHashLSH(threshold=threshold, num_perm=_PERMUTATIONS, weights=_MISSED_COUNTS_MORE)
    shingles = lru_cache(maxsize=4096)(lambda index: frozenset(_shingles(codes[index])))
    blank = MinHash(num_perm=_PERMUTATIONS, seed=seed, hashfunc=int)
    for index in distinct:
        of_code = _shingles(codes[index])
        if not of_code:
            continue
        sketch = blank.copy()
        sketch.update_batch(list(of_code))
        for other in sorted(lsh.query(sketch)):
            if _root(parent, other) != _root(parent, index) and _alike(of_code, shingles(other), threshold):
                parent[_root(parent, index)] = _root(parent, other)
        lsh.insert(index, sketch, check_duplication=False)
    groups: dict[int, list[int]] = {}
    for index in range(len(codes)):
        groups.setdefault(_root(parent, index), []).append(index)
    return sorted(group for group in groups.values() if len(group) > 1)


def fitting_rows(
    rows: Sequence[Row], folds: Integers, *, groups: Iterable[Sequence[int]] | None = None
) -> Booleans:
    """Which rows the model that judges each fold may learn, bool ``(number of folds, n)``.

    Those of other ``folds`` ``(n,)`` without near duplicates of the fold's rows: a model that has learnt a copy of a
    function knows its label, so its logit would be no out-of-fold logit. Both halves of a pair are left out with
    either. ``groups`` are the near duplicates among ``rows``, if they are known.
    """
    fitting: Booleans = folds != np.arange(folds.max(initial=-1) + 1)[:, None]
    halves: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        if row.pair is not None:
            halves.setdefault(row.pair, []).append(index)
    for group in near_duplicates([row.code for row in rows]) if groups is None else groups:
        copies = {half for index in group for half in halves.get(rows[index].pair or "", [index])}
        fitting[np.ix_(np.unique(folds[group]), np.array(sorted(copies)))] = False
    return fitting


def _first_of_equal(codes: Sequence[str], parent: list[int]) -> Iterator[int]:
    """The first index of every distinct sequence of tokens, which becomes the parent of the others."""
    first: dict[bytes, int] = {}
    for index, code in enumerate(codes):
        key = hashlib.blake2b(b" ".join(_tokens(code)), digest_size=16).digest()
        parent[index] = first.setdefault(key, index)
        if parent[index] == index:
            yield index


def _tokens(code: str) -> list[bytes]:
    return _TOKEN.findall(code.encode("utf-8", "surrogatepass"))


def _shingles(code: str) -> set[int]:
    """A 32-bit hash of every run of five tokens."""
    tokens = _tokens(code)
    if not tokens:
        return set()
    count = max(len(tokens) - _SHINGLE + 1, 1)
    return {zlib.crc32(b" ".join(tokens[start : start + _SHINGLE])) for start in range(count)}


def _alike(first: set[int], second: frozenset[int], threshold: float) -> bool:
    shared = len(first & second)
    return shared >= threshold * (len(first) + len(second) - shared)


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index
