"""Token sequences of a corpus, and the batches for training an encoder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
import torch
from torch import Tensor

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Tokenizer, ngram_ids
from codeorigin_training.arrays import Integers, Integers32
from codeorigin_training.corpus.rows import Row


@dataclass(frozen=True, slots=True)
class Batch:
    """``ids`` int64 ``(B, T)``, ``ngrams`` int64 ``(B, T, 2)``, ``mask`` bool ``(B, T)``, ``rows`` int64 ``(B,)``."""

    ids: Tensor
    ngrams: Tensor
    mask: Tensor
    rows: Integers


def encode_rows(rows: Sequence[Row], tokenizer: Tokenizer, *, processes: int = 1) -> list[Integers32]:
    """Token ids of every row, int32 ``(T,)`` of any length."""
    sources = [(row.code, row.language) for row in rows]
    if processes <= 1:
        return [_encode(tokenizer, source) for source in sources]
    with get_context("fork").Pool(processes) as pool:
        return list(pool.imap(partial(_encode, tokenizer), sources, chunksize=512))


def _encode(tokenizer: Tokenizer, source: tuple[str, str]) -> Integers32:
    return tokenizer.encode(normalize(*source)).ids.astype(np.int32)


def type_dropout(ids: Integers, probability: float, mask_id: int, generator: np.random.Generator) -> Integers:
    """Replace a random set of token types by MASK wherever they occur in the sequence ``(T,)``.

    Consistent over the sequence, so that the model cannot rely on a repository's own vocabulary.
    """
    types, inverse = np.unique(ids, return_inverse=True)
    dropped = generator.random(len(types)) < probability
    return np.where(dropped[inverse], mask_id, ids)


def crop(ids: Integers, context: int, generator: np.random.Generator) -> Integers:
    """A random window of at most ``context`` tokens of the sequence ``(T,)``."""
    if len(ids) <= context:
        return ids
    start = int(generator.integers(0, len(ids) - context + 1))
    return ids[start : start + context]


def collate(sequences: Sequence[Integers], rows: Integers, tokenizer: Tokenizer, buckets: int) -> Batch:
    """Pad ``sequences``, each ``(T,)``, to the longest one; mask tokens before, because n-gram ids depend on it."""
    longest = max(len(sequence) for sequence in sequences)
    ids = np.full((len(sequences), longest), tokenizer.pad_id, dtype=np.int64)
    mask = np.zeros(ids.shape, dtype=bool)
    ngrams = np.zeros((*ids.shape, 2), dtype=np.int64)
    for number, sequence in enumerate(sequences):
        ids[number, : len(sequence)] = sequence
        mask[number, : len(sequence)] = True
        if buckets:
            ngrams[number, : len(sequence)] = ngram_ids(sequence, tokenizer.mask_id, buckets)
    return Batch(torch.from_numpy(ids), torch.from_numpy(ngrams), torch.from_numpy(mask), rows)


def length_batches(
    lengths: Integers, order: Integers, tokens_per_batch: int, generator: np.random.Generator | None
) -> Iterator[Integers]:
    """Group ``order`` into batches of similar length and about ``tokens_per_batch`` tokens, padding included.

    Args:
        lengths: int64 ``(n,)``, the length of every sequence.
        order: int64 ``(k,)``, indices into ``lengths``; may contain repetitions.
        tokens_per_batch: tokens of a batch, padding included; only exceeded by a single long sequence.
        generator: shuffles the batches; None keeps the longest last.
    """
    by_length = order[np.argsort(lengths[order], kind="stable")]
    batches: list[Integers] = []
    start = 0
    for stop in range(1, len(by_length) + 1):
        longest_next = lengths[by_length[min(stop, len(by_length) - 1)]]
        if stop == len(by_length) or (stop + 1 - start) * longest_next > tokens_per_batch:
            batches.append(by_length[start:stop])
            start = stop
    if generator is not None:
        generator.shuffle(batches)
    yield from batches
