"""The inputs of ``score.onnx``: windows of tokens, and n-grams of whole functions."""

import numpy as np
import numpy.typing as npt

from codeorigin.model.scoring.graph import Feed

Ids = npt.NDArray[np.int64]


def windows_feed(ids: Ids) -> Feed:
    """The deep part's inputs for windows ``(W, T)`` of token ids without padding, each pooled by itself."""
    return {
        "ids": ids,
        "mask": np.ones(ids.shape, dtype=np.bool_),
        "window_function": np.arange(len(ids)),
        "window_weight": np.ones(len(ids), dtype=np.float32),
    }


def ngrams_feed(ids: Ids, values: npt.NDArray[np.float32], function: Ids, count: int) -> Feed:
    """The wide part's inputs ``(N,)`` for the n-grams of ``count`` functions; ``function`` says whose they are."""
    return {
        "wide_ids": ids,
        "wide_values": values,
        "wide_function": function,
        "prior": np.zeros(count, dtype=np.float32),
    }


NO_NGRAMS: Feed = {
    "wide_ids": np.zeros(0, dtype=np.int64),
    "wide_values": np.zeros(0, dtype=np.float32),
    "wide_function": np.zeros(0, dtype=np.int64),
}
"""The wide part's inputs if there are no n-grams."""
