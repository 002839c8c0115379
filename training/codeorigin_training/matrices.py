"""Hashed n-gram matrices of a corpus, one sparse matrix per view, extracted by the server's code."""

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain
from multiprocessing import get_context

import numpy as np
from scipy import sparse

from codeorigin.model.ngrams.hashed_views import NgramViews, View
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.arrays import Floats32, Integers32
from codeorigin_training.data.rows import Row

_CHUNK = 256

_Feature = tuple[Integers32, Floats32]


def view_matrices(rows: Sequence[Row], views: Sequence[View], *, processes: int) -> list[sparse.csr_matrix]:
    """A float32 CSR matrix ``(len(rows), view.width)`` for every view, with the values the server computes."""
    extracted = _extract_all([(row.code, row.language) for row in rows], views, processes)
    features: list[list[_Feature]] = [[] for _ in views]
    for per_view in extracted:
        for collected, feature in zip(features, per_view, strict=True):
            collected.append(feature)
    return [_matrix(collected, view.width) for collected, view in zip(features, views, strict=True)]


def _extract_all(
    sources: list[tuple[str, str]], views: Sequence[View], processes: int
) -> Iterator[list[_Feature]]:
    extract = partial(_extract, tuple(views))
    chunks = [sources[start : start + _CHUNK] for start in range(0, len(sources), _CHUNK)]
    if processes <= 1:
        yield from chain.from_iterable(map(extract, chunks))
        return
    with get_context("fork").Pool(processes) as pool:
        yield from chain.from_iterable(pool.imap(extract, chunks))


@lru_cache(maxsize=8)
def _extractor(view: View) -> NgramViews:
    """Cached in each process, because an extractor caches the words it has seen."""
    return NgramViews([view])


def _extract(views: Sequence[View], sources: list[tuple[str, str]]) -> list[list[_Feature]]:
    """The features of each view for each of ``sources`` (code and language)."""
    by_language: dict[str, list[int]] = {}
    for number, (_, language) in enumerate(sources):
        by_language.setdefault(language, []).append(number)
    extracted: list[list[_Feature]] = [[] for _ in sources]
    for language, numbers in by_language.items():
        texts = [normalize(sources[number][0], language).text for number in numbers]
        for view in views:
            for number, features in zip(numbers, _extractor(view).extract_many(texts, language), strict=True):
                # Copy, because a slice would keep the arrays of the whole batch alive.
                extracted[number].append((features.ids.astype(np.int32), features.values.copy()))
    return extracted


def _matrix(features: list[_Feature], width: int) -> sparse.csr_matrix:
    starts = np.zeros(len(features) + 1, dtype=np.int64)
    np.cumsum([len(ids) for ids, _ in features], out=starts[1:])
    columns = np.concatenate([ids for ids, _ in features])
    values = np.concatenate([value for _, value in features])
    return sparse.csr_matrix((values, columns, starts), shape=(len(features), width))
