"""Check files in one process or in several, with the same results in the same order."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from codeorigin.analysis.batching import BATCH_BYTES, batch_end
from codeorigin.analysis.judged import Source
from codeorigin.analysis.worker_pool import results
from codeorigin.check.file_checks import FileCheck, Outcome
from codeorigin.check.result import FileError
from codeorigin.core.processes import WorkerPool

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.model.bundle import Bundle

BYTES_FOR_A_WORKER = 1 << 19
"""Starting a process takes as long as checking this many bytes of code."""

_LEAST_CHUNK_BYTES = 1 << 14
_CHUNKS_LEFT = 8
"""Chunks left per process: chunks get smaller towards the end, so that all processes end at about the same time."""


def worker_count(sources: Sequence[Source], jobs: int) -> int:
    """Number of processes worth using, at most ``jobs``; 1 means to check in this process alone."""
    if jobs < 2 or any(source.file is None or source.changed is not None for source in sources):
        return 1
    size = 0
    for source in sources:
        size += _size(source)
        if size >= jobs * BYTES_FOR_A_WORKER:
            return jobs
    return max(1, size // BYTES_FOR_A_WORKER)


def outcomes(
    sources: Sequence[Source],
    check: FileCheck,
    pool: WorkerPool | None = None,
    bundle: "Bundle | None" = None,
) -> Iterator[Outcome]:
    """Check ``sources`` here and, if they are all files, in the processes of a ``pool``; yield the outcomes in order.

    Each process loads the model once, this one from its ``bundle`` if that is loaded. Files that the parser gave up
    are tried once more at the end, and their outcomes come last: a busy machine slows a parser down.

    Raises:
        ModelError: the model is missing or broken.
    """
    unparsed: set[str] = set()
    analyzer: list[Analyzer] = []

    def load() -> "Analyzer":
        analyzer.append(check.load(bundle))
        return analyzer[0]

    chunks = _chunks(sources, 1 if pool is None else 1 + pool.workers)
    for done in results(check, chunks, pool, load):
        for outcome in done:
            if isinstance(outcome, FileError) and outcome.unparsed:
                unparsed.add(outcome.path)
            else:
                yield outcome
    if unparsed:
        yield from check.run([source for source in sources if source.path in unparsed], analyzer[0])


def _chunks(sources: Sequence[Source], workers: int) -> Iterator[list[Source]]:
    """Split the sources into chunks large enough for a batch; with several processes, the last ones are smaller."""
    sizes = [_size(source) for source in sources]
    left = sum(sizes)
    start = 0
    while start < len(sources):
        share = left // (_CHUNKS_LEFT * workers) if workers > 1 else left
        end = batch_end(sizes, start, min(BATCH_BYTES, max(share, _LEAST_CHUNK_BYTES)))
        yield list(sources[start:end])
        left -= sum(sizes[start:end])
        start = end


def _size(source: Source) -> int:
    try:
        return 0 if source.file is None else source.file.stat().st_size
    except OSError:
        return 0
