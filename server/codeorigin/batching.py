"""Which documents are read and scored together: a batch takes less time than its documents one by one."""

from collections.abc import Sequence

BATCH_BYTES = 1 << 17
"""Larger batches are hardly faster, and take more memory."""


def batch_end(sizes: Sequence[int], start: int, least: int = BATCH_BYTES) -> int:
    """Where a batch ends that begins at ``start``: behind the document with which it has ``least`` bytes, or all.

    Args:
        sizes: bytes of each document that is to be read.
    """
    size = 0
    for end in range(start, len(sizes)):
        size += sizes[end]
        if size >= least:
            return end + 1
    return len(sizes)
