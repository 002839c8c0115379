"""One pool of processes for all commands: work in batches, done in this process and in others, in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeVar

from codeorigin.core.budget import Budget
from codeorigin.core.errors import CodeOriginError
from codeorigin.core.processes import WorkerPool

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer

BATCH_BYTES = 1 << 17
"""A batch is faster than its parts one by one; a larger one is hardly any faster and takes more memory."""
_BATCH_ITEMS = 64
"""A batch of more is no faster, and who gives up after a few hard texts has the others of their batch parsed as well."""
CHUNKS_WAITING = 4
"""Chunks submitted ahead per other process, so that none is idle while this one works on its own chunk."""
_MOST_PENDING = 16
"""Maximum number of pending chunks per process, so that results do not pile up behind a slow one."""

_Chunk_contra = TypeVar("_Chunk_contra", contravariant=True)
_Result_co = TypeVar("_Result_co", covariant=True)
_Chunk = TypeVar("_Chunk")
_Result = TypeVar("_Result")


def batches(
    items: Iterable[_Chunk], size: Callable[[_Chunk], int], least: int | None = None
) -> Iterator[list[_Chunk]]:
    """Yield the items in batches of at least ``least`` bytes (None: :data:`BATCH_BYTES`), or of many items."""
    batch: list[_Chunk] = []
    total = 0
    for item in items:
        batch.append(item)
        total += size(item)
        if total >= (BATCH_BYTES if least is None else least) or len(batch) == _BATCH_ITEMS:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


class Job(Protocol[_Chunk_contra, _Result_co]):
    """What is done with a chunk, and everything that a process needs to know for it: it is sent to each."""

    def load(self) -> "Analyzer":
        """An analyzer with the model; raises ModelError."""
        ...

    def run(self, chunk: _Chunk_contra, analyzer: "Analyzer") -> Iterable[_Result_co]:
        """The results of a chunk."""
        ...


@contextmanager
def worker_processes(workers: int, budget: Budget | None = None) -> Iterator[WorkerPool | None]:
    """Start ``workers`` - 1 processes, in addition to this one; None if ``workers`` is 1.

    They immediately import what every job needs, while this process loads its model. They end with the context.
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
            "--jobs 1 works in one process"
        ) from error
    except BaseException:
        # The remaining results are no longer needed.
        pool.stop()
        raise
    finally:
        pool.close()


def results(
    job: Job[_Chunk, _Result],
    chunks: Iterator[_Chunk],
    pool: WorkerPool | None,
    load: "Callable[[], Analyzer]",
) -> Iterator[list[_Result]]:
    """Do ``chunks`` here and in the processes of a ``pool``; yield the results of each, in order.

    Each process loads the model once, this one by ``load``.

    Raises:
        ModelError: the model is missing or broken.
    """
    workers = 1 if pool is None else 1 + pool.workers
    pending: deque[Future[list[_Result]] | list[_Result]] = deque()
    analyzer: Analyzer | None = None
    while True:
        if pool is not None:
            waiting = sum(not isinstance(result, list) and not result.done() for result in pending)
            for submitted in islice(chunks, pool.workers * CHUNKS_WAITING - waiting):
                pending.append(pool.submit(_run, job, submitted))
        if analyzer is None:
            # Load the model only after the first chunks are submitted, so that all processes load it in parallel.
            analyzer = load()
        room = len(pending) < workers * _MOST_PENDING
        if room and (chunk := next(chunks, None)) is not None:
            pending.append(list(job.run(chunk, analyzer)))
        elif not pending:
            return
        else:
            yield _done(pending.popleft())
        while pending and (isinstance(pending[0], list) or pending[0].done()):
            yield _done(pending.popleft())


def _done(result: "Future[list[_Result]] | list[_Result]") -> list[_Result]:
    """The results of a chunk; waits if another process is still working on it."""
    return result if isinstance(result, list) else result.result()


class _Worker:
    """State that a worker process keeps between chunks."""

    analyzer: "Analyzer | None" = None
    budget: Budget


def _begin(budget: Budget) -> None:
    _Worker.budget = budget
    _import_analyzer()


def _import_analyzer() -> None:
    import codeorigin.analysis.analyzer  # noqa: F401, PLC0415 - takes a while


def _run(job: Job[_Chunk, _Result], chunk: _Chunk) -> list[_Result]:
    from codeorigin.languages.parse_budget import one_run  # noqa: PLC0415 - the parent imports it late

    if _Worker.analyzer is None:
        _Worker.analyzer = job.load()
    with one_run(_Worker.budget):
        return list(job.run(chunk, _Worker.analyzer))
