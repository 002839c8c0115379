"""Which documents to read and score together, since a batch is faster than its documents one by one."""

from collections.abc import Iterable, Iterator, Sequence

from codeorigin.functions.documents import Document

BATCH_BYTES = 1 << 17
"""Larger batches are hardly any faster and take more memory."""


def batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Yield the documents in batches of at least :data:`BATCH_BYTES` characters, except the last."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


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
