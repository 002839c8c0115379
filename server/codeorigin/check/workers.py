"""Check files in one process or in several, with the same results in the same order."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from codeorigin.analysis.batching import BATCH_BYTES, batch_end
from codeorigin.analysis.judged import Source
from codeorigin.check.file_checks import FileCheck, Outcome
from codeorigin.check.result import FileError
from codeorigin.core.budget import Budget
from codeorigin.core.errors import CodeOriginError
from codeorigin.core.processes import WorkerPool

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.model.bundle import Bundle

BYTES_FOR_A_WORKER = 1 << 19
"""Starting a process takes as long as checking this many bytes of code."""

_LEAST_CHUNK_BYTES = 1 << 14
_CHUNKS_LEFT = 8
"""Chunks left per process: chunks get smaller towards the end, so that all processes end at about the same time."""
_CHUNKS_WAITING = 4
"""Chunks submitted ahead per other process, so that none is idle while this one works on its own chunk."""
_MOST_PENDING = 16
"""Maximum number of pending chunks per process, so that results do not pile up behind a slow file."""


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


@contextmanager
def worker_processes(workers: int, budget: Budget | None = None) -> Iterator[WorkerPool | None]:
    """Start ``workers`` - 1 processes, in addition to this one; None if ``workers`` is 1.

    They immediately import what every check needs, while this process loads its model. They end with the context.
    What they parse draws on ``budget``, which must be shared.

    Raises:
        CodeOriginError: a process ended before its work was done.
    """
    if workers < 2:
        yield None
        return
    pool = WorkerPool(workers - 1, _begin, budget or Budget())
    try:
        # The pool starts a process only when there is more work than processes.
        for _ in range(workers - 1):
            pool.submit(_import_analyzer)
        yield pool
    except BrokenProcessPool as error:
        raise CodeOriginError(
            "a worker process ended before its work was done (out of memory, or killed); "
            "--jobs 1 checks in one process"
        ) from error
    except BaseException:
        # The remaining results are no longer needed.
        pool.stop()
        raise
    finally:
        pool.close()


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
    workers = 1 if pool is None else 1 + pool.workers
    chunks = _chunks(sources, workers)
    pending: deque[Future[list[Outcome]] | list[Outcome]] = deque()
    analyzer: Analyzer | None = None
    unparsed: set[str] = set()

    def done() -> Iterator[Outcome]:
        """The outcomes of the first chunk; waits if another process is still working on it."""
        result = pending.popleft()
        for outcome in result if isinstance(result, list) else result.result():
            if isinstance(outcome, FileError) and outcome.unparsed:
                unparsed.add(outcome.path)
            else:
                yield outcome

    while True:
        if pool is not None:
            waiting = sum(not isinstance(result, list) and not result.done() for result in pending)
            for submitted in islice(chunks, pool.workers * _CHUNKS_WAITING - waiting):
                pending.append(pool.submit(_check_chunk, check, submitted))
        if analyzer is None:
            # Load the model only after the first chunks are submitted, so that all processes load it in parallel.
            analyzer = check.load(bundle)
        room = len(pending) < workers * _MOST_PENDING
        if room and (chunk := next(chunks, None)) is not None:
            pending.append(list(check.run(chunk, analyzer)))
        elif not pending:
            break
        else:
            yield from done()
        while pending and (isinstance(pending[0], list) or pending[0].done()):
            yield from done()
    yield from check.run([source for source in sources if source.path in unparsed], analyzer)


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


class _Worker:
    """State that a worker process keeps between chunks."""

    analyzer: "Analyzer | None" = None
    budget: Budget


def _begin(budget: Budget) -> None:
    _Worker.budget = budget
    _import_analyzer()


def _import_analyzer() -> None:
    import codeorigin.analysis.analyzer  # noqa: F401, PLC0415 - takes a while


def _check_chunk(check: FileCheck, chunk: Sequence[Source]) -> list[Outcome]:
    from codeorigin.languages.parser_pool import one_run  # noqa: PLC0415 - the parent imports it late

    if _Worker.analyzer is None:
        _Worker.analyzer = check.load()
    with one_run(_Worker.budget):
        return list(check.run(chunk, _Worker.analyzer))
