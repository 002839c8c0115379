"""Hashed n-gram matrices of a corpus, one sparse matrix a view, by the server's own extraction."""

from collections.abc import Iterator, Sequence
from functools import partial
from multiprocessing import get_context

import numpy as np
import numpy.typing as npt
from scipy import sparse

from codeorigin.model.ngrams import NgramViews, View
from codeorigin.model.normalize import normalize
from codeorigin_training.corpus.rows import Row

_Feature = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]


def view_matrices(rows: Sequence[Row], views: Sequence[View], *, processes: int) -> list[sparse.csr_matrix]:
    """A float32 CSR matrix of shape ``(len(rows), view.width)`` for every view, with the server's values."""
    extracted = _extract_all([(row.code, row.language) for row in rows], views, processes)
    features: list[list[_Feature]] = [[] for _ in views]
    for per_view in extracted:
        for collected, feature in zip(features, per_view, strict=True):
            collected.append(feature)
    return [_matrix(collected, view.width) for collected, view in zip(features, views, strict=True)]


def _extract_all(
    sources: list[tuple[str, str]], views: Sequence[View], processes: int
) -> Iterator[list[_Feature]]:
    extract = partial(_extract, [NgramViews([view]) for view in views])
    if processes <= 1:
        yield from map(extract, sources)
        return
    with get_context("fork").Pool(processes) as pool:
        yield from pool.imap(extract, sources, chunksize=256)


def _extract(views: list[NgramViews], source: tuple[str, str]) -> list[_Feature]:
    code, language = source
    normalized = normalize(code, language)
    extracted = [view.extract(normalized, language) for view in views]
    return [(features.ids.astype(np.int32), features.values) for features in extracted]


def _matrix(features: list[_Feature], width: int) -> sparse.csr_matrix:
    starts = np.zeros(len(features) + 1, dtype=np.int64)
    np.cumsum([len(ids) for ids, _ in features], out=starts[1:])
    columns = np.concatenate([ids for ids, _ in features])
    values = np.concatenate([value for _, value in features])
    return sparse.csr_matrix((values, columns, starts), shape=(len(features), width))
