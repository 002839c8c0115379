"""The inputs of ``score.onnx``: windows of tokens, and n-grams of whole functions."""

from collections.abc import Mapping, Sequence

import numpy as np

from codeorigin.model.scoring.batches import WindowRow
from codeorigin.model.scoring.features import Features
from codeorigin.model.scoring.graph import Feed
from codeorigin.model.scoring.tokenizer import Tokenizer


def windows_feed(
    features: Sequence[Features],
    rows: Sequence[WindowRow],
    place: Mapping[int, int],
    tokenizer: Tokenizer | None,
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
    return {
        "ids": ids,
        "mask": mask,
        "window_function": np.array([place[row.function] for row in rows], dtype=np.int64),
        "window_weight": np.array([row.weight for row in rows], dtype=np.float32),
    }


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
