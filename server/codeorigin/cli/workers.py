"""Files checked by one process or by several, with the same results: in the order of the files."""

import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.cli.check_result import CheckedFile, FileError
from codeorigin.cli.file_checks import FileCheck
from codeorigin.cli.inputs import Source, notebook_of_file, source_kind, source_of_file
from codeorigin.collector import collect_rarely
from codeorigin.errors import CodeOriginError
from codeorigin.worker_processes import begin_worker, interrupts_held

if TYPE_CHECKING:
    from codeorigin.analyzer import Analyzer

BYTES_FOR_A_WORKER = 1 << 19
"""A process takes as long to start as so many bytes of code to check."""

_CHUNK_BYTES = 1 << 17
_CHUNKS_WAITING = 3
"""For each worker, so that none waits and results do not pile up behind a slow file."""

_Outcome = tuple[CheckedFile, ...] | FileError
_Named = tuple[str, str, str, bool, bool, frozenset[str] | None]
"""A source as it travels: its file, as it is shown, its language, whether the user named it, and of a notebook that it
is one and which cells are wanted."""


def worker_count(sources: Sequence[Source], jobs: int) -> int:
    """How many processes are worth their start: at most ``jobs``; 1 if this one should do it alone."""
    if jobs < 2 or any(source.file is None or source.changed is not None for source in sources):
        return 1
    size = 0
    for source in sources:
        size += _size(source)
        if size >= jobs * BYTES_FOR_A_WORKER:
            return jobs
    return max(1, size // BYTES_FOR_A_WORKER)


def check_in_processes(sources: Sequence[Source], check: FileCheck, workers: int) -> Iterator[_Outcome]:
    """Check ``sources``, all of them files, in ``workers`` processes; each loads the model once.

    Raises :class:`~codeorigin.errors.CodeOriginError` if a process ends before its work is done.
    """
    # A forked process would share the inference runtime's locks and threads.
    context = multiprocessing.get_context("spawn")
    chunks = map(_named, _chunks(sources))
    pending: deque[Future[list[_Outcome]]] = deque()
    pool = ProcessPoolExecutor(workers, context, initializer=_start, initargs=(check,))
    try:
        for chunk in chunks:
            with interrupts_held():
                pending.append(pool.submit(_check_chunk, chunk))
            if len(pending) >= workers * _CHUNKS_WAITING:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    except BrokenProcessPool as error:
        raise CodeOriginError(
            "a worker process ended before its work was done (out of memory, or killed); "
            "--jobs 1 checks in one process"
        ) from error
    except BaseException:
        # Nobody wants the rest.
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def check_alone(sources: Sequence[Source], check: FileCheck) -> Iterator[_Outcome]:
    """Check ``sources`` in this process; raises :class:`~codeorigin.errors.ModelError`."""
    analyzer = check.load()
    for chunk in _chunks(sources):
        yield from _run(chunk, check, analyzer)


def _run(sources: Sequence[Source], check: FileCheck, analyzer: "Analyzer") -> Iterator[_Outcome]:
    if len(sources) > 1:
        check.prepare(sources, analyzer)
    for source in sources:
        yield check.run(source, analyzer)


def _chunks(sources: Sequence[Source]) -> Iterator[list[Source]]:
    chunk: list[Source] = []
    size = 0
    for source in sources:
        chunk.append(source)
        size += _size(source)
        if size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _named(sources: Sequence[Source]) -> list[_Named]:
    return [
        (str(each.file), each.path, each.language.id, each.named, each.notebook, each.cells)
        for each in sources
    ]


def _size(source: Source) -> int:
    try:
        return 0 if source.file is None else source.file.stat().st_size
    except OSError:
        return 0


class _Worker:
    """What a worker process has for all its files."""

    check: FileCheck
    analyzer: "Analyzer"


def _start(check: FileCheck) -> None:
    begin_worker()
    collect_rarely()
    _Worker.check = check
    _Worker.analyzer = check.load()


def _check_chunk(chunk: Sequence[_Named]) -> list[_Outcome]:
    sources = [
        notebook_of_file(Path(file), path, cells, named=named)
        if notebook
        else source_of_file(Path(file), path, source_kind(language), named=named)
        for file, path, language, named, notebook, cells in chunk
    ]
    return list(_run(sources, _Worker.check, _Worker.analyzer))
