"""The inputs of ``score.onnx``: windows of tokens, and n-grams of whole functions."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from codeorigin.model.scoring.batches import WindowRow
from codeorigin.model.scoring.features import DeepSettings, Features
from codeorigin.model.scoring.graph import Feed
from codeorigin.model.scoring.tokenizer import Tokenizer, ngram_ids


def windows_feed(
    features: Sequence[Features],
    rows: Sequence[WindowRow],
    place: Mapping[int, int],
    tokenizer: Tokenizer | None,
    deep: DeepSettings,
) -> Feed:
    """The deep part's inputs for the windows ``rows``; ``place`` is each function's index in the graph's output."""
    length = max(1, *(row.stop - row.start for row in rows))
    ids = np.full((len(rows), length), tokenizer.pad_id if tokenizer else 0, dtype=np.int64)
    mask = np.zeros(ids.shape, dtype=np.bool_)
    for index, row in enumerate(rows):
        encoding = features[row.function].encoding
        if encoding is not None:
            ids[index, : row.stop - row.start] = encoding.ids[row.start : row.stop]
            mask[index, : row.stop - row.start] = True
    return deep_feed(ids, mask, tokenizer, deep) | {
        "window_function": np.array([place[row.function] for row in rows], dtype=np.int64),
        "window_weight": np.array([row.weight for row in rows], dtype=np.float32),
    }


def deep_feed(
    ids: npt.NDArray[np.int64],
    mask: npt.NDArray[np.bool_],
    tokenizer: Tokenizer | None,
    deep: DeepSettings | None,
) -> Feed:
    """Tokens ``(W, T)``, their n-grams ``(W, T, 2)`` and ``mask`` ``(W, T)``.

    N-grams are hashed per window and do not include what came before it.
    """
    ngrams = np.zeros((*ids.shape, 2), dtype=np.int64)
    if deep is not None and tokenizer is not None and deep.ngram_buckets:
        hashed = ngram_ids(ids, tokenizer.mask_id, deep.ngram_buckets)
        ngrams = np.where((ids == tokenizer.pad_id)[..., None], 0, hashed)
    return {"ids": ids, "ngrams": ngrams, "mask": mask}


def wide_feed(features: Sequence[Features], rows: Sequence[WindowRow], place: Mapping[int, int]) -> Feed:
    """The wide part's inputs ``(N,)`` for the functions whose first windows are among ``rows``."""
    present = [
        (place[row.function], wide)
        for row in rows
        if row.first and (wide := features[row.function].wide) is not None
    ]
    if not present:
        return no_wide()
    return {
        "wide_ids": np.concatenate([wide.ids for _, wide in present]),
        "wide_values": np.concatenate([wide.values for _, wide in present]),
        "wide_function": np.repeat(
            np.array([index for index, _ in present], dtype=np.int64),
            [len(wide.ids) for _, wide in present],
        ),
    }


def no_wide() -> Feed:
    """The wide part's inputs if there are no n-grams."""
    return {
        "wide_ids": np.zeros(0, dtype=np.int64),
        "wide_values": np.zeros(0, dtype=np.float32),
        "wide_function": np.zeros(0, dtype=np.int64),
    }
