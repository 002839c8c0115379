"""Perturbs many functions on several processes, with results that do not depend on their order."""

import zlib
from collections.abc import Iterable, Mapping
from functools import partial
from multiprocessing import get_context

import numpy as np

from codeorigin_training.data.augmentation import Augmentation

Text = tuple[str, str]
"""Code and its model language."""


def perturb_all(
    texts: Iterable[Text], augmentation: Augmentation, *, seed: int, processes: int
) -> Mapping[Text, str]:
    """The perturbed code of every distinct text."""
    distinct = list(dict.fromkeys(texts))
    change = partial(_perturb, augmentation, seed)
    if processes <= 1 or len(distinct) < 2:
        return dict(zip(distinct, map(change, distinct), strict=True))
    with get_context("fork").Pool(processes) as pool:
        return dict(zip(distinct, pool.imap(change, distinct, chunksize=16), strict=True))


def _perturb(augmentation: Augmentation, seed: int, text: Text) -> str:
    code, language = text
    of_text = zlib.crc32(f"{language}\0{code}".encode("utf-8", "surrogatepass"))
    return augmentation(code, language, np.random.default_rng([seed, of_text]))
