"""Augmented versions of a corpus as token sequences, computed once before training."""

from collections.abc import Sequence
from functools import partial
from multiprocessing import get_context

import numpy as np

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Integers32, Tokens
from codeorigin_training.corpus.augmentation import AUGMENTATIONS
from codeorigin_training.corpus.rows import Row


def augmented_tokens(
    rows: Sequence[Row], name: str, tokenizer: Tokenizer, *, seed: int, processes: int
) -> Tokens:
    """Token ids of every row's code after the augmentation ``name``; row ``i`` is augmented with seed ``(seed, i)``."""
    sources = [(number, row.code, row.language) for number, row in enumerate(rows)]
    change = partial(_changed, name, seed)
    if processes <= 1:
        texts = list(map(change, sources))
    else:
        with get_context("fork").Pool(processes) as pool:
            texts = pool.map(change, sources, chunksize=64)
    return [
        tokenizer.encode(normalize(text, row.language)).ids.astype(np.int32)
        for text, row in zip(texts, rows, strict=True)
    ]


def packed(tokens: Sequence[Integers32]) -> dict[str, Integers32]:
    """Sequences, each ``(T,)``, as two arrays for a file: all ``ids`` concatenated, and ``lengths`` ``(n,)``."""
    ids = np.concatenate([np.zeros(0, dtype=np.int32), *tokens])
    return {"ids": ids, "lengths": np.array([len(each) for each in tokens], dtype=np.int32)}


def unpacked(arrays: dict[str, Integers32]) -> Tokens:
    """Inverse of :func:`packed`: the sequences, each ``(T,)``."""
    if not len(arrays["lengths"]):
        return []
    return list(np.split(arrays["ids"], np.cumsum(arrays["lengths"])[:-1]))


def _changed(name: str, seed: int, source: tuple[int, str, str]) -> str:
    number, code, language = source
    return AUGMENTATIONS[name](code, language, np.random.default_rng([seed, number]))
