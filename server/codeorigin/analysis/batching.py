"""Which documents to read and score together, since a batch is faster than its documents one by one."""

from collections.abc import Sequence

BATCH_BYTES = 1 << 17
"""Larger batches are hardly any faster and take more memory."""


def batch_end(sizes: Sequence[int], start: int, least: int = BATCH_BYTES) -> int:
    """End (exclusive) of the batch from ``start``: the fewest documents with ``least`` bytes, or all the rest.

    Args:
        sizes: size of each document in bytes.
    """
    size = 0
    for end in range(start, len(sizes)):
        size += sizes[end]
        if size >= least:
            return end + 1
    return len(sizes)
