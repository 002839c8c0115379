"""Blobs -> functions, in this process or in several, each of which loads the model only once."""

import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.budget import Budget
from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.core.processes import WorkerPool
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository
from codeorigin.history.blob_functions import BlobReader, load_analyzer, packed
from codeorigin.languages.kinds import Kind, kind_for_path
from codeorigin.languages.parser_pool import one_run, run_budget

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """A blob to read, and one of its paths, which tells its kind."""

    blob: str
    path: str

    @property
    def kind(self) -> Kind:
        """What the file is by its name; files without a kind are not read."""
        kind = kind_for_path(self.path)
        assert kind is not None, "other files were left out"
        return kind

    @property
    def key(self) -> str:
        """The key under which its functions are stored."""
        return f"{self.blob} {self.kind.id}"


UNREAD = b""
"""Stored instead of functions for a blob that cannot be read as source."""

Read = tuple[str, bytes]
"""A key, and the packed functions or :data:`UNREAD`."""


def read_blobs(reader: BlobReader, wanted: Sequence[Wanted], budget: Budget) -> list[Read]:
    """The functions of each blob; those that are hard to parse draw on the ``budget``."""
    found: list[Read] = []
    for blob in wanted:
        try:
            with one_run(budget):
                pieces = reader.functions(blob.blob, blob.path)
        except SourceError:
            found.append((blob.key, UNREAD))
        else:
            found.append((blob.key, packed(pieces)))
    return found


class Readers:
    """Reads the blobs of a repository in ``jobs`` processes. Use it in a ``with`` block.

    With one job, or with ``analyzer``, which is then used, everything is read in this process. Otherwise each process
    always gets the same paths: a file changes little from commit to commit, so most of its functions are in the cache.
    """

    def __init__(
        self, repository: Repository, model: Path | None, jobs: int, analyzer: Analyzer | None = None
    ) -> None:
        self._model, self._jobs = model, 1 if analyzer is not None else jobs
        self._folder = repository.root or repository.folder
        self._objects = Objects(repository.git)
        self._analyzer = analyzer
        self._budget = run_budget(shared=self._jobs > 1)
        self._pools: list[WorkerPool | None] = [None] * jobs

    @cached_property
    def here(self) -> BlobReader:
        """What reads in this process."""
        return BlobReader(self._objects, self._analyzer or load_analyzer(self._model))

    def __enter__(self) -> "Readers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._objects.close()
        for pool in filter(None, self._pools):
            if kind is not None:
                pool.stop()  # the remaining results are no longer needed
            else:
                pool.close()

    def start(self, wanted: Sequence[Wanted]) -> Iterator[list[Read]]:
        """Start to read ``wanted``, and yield the results a few at a time, as they complete.

        Raises:
            CodeOriginError: a process ended before its work was done.
        """
        if self._jobs == 1:
            return (read_blobs(self.here, some, self._budget) for some in _few(wanted))
        parts: list[list[Wanted]] = [[] for _ in range(self._jobs)]
        for blob in wanted:
            parts[zlib.crc32(blob.path.encode("utf-8", "surrogatepass")) % self._jobs].append(blob)
        with _broken_in_one_line():
            return first_finished(
                [
                    self._pool(number).submit(_read, some)
                    for number, part in enumerate(parts)
                    for some in _few(part)
                ]
            )

    def _pool(self, number: int) -> WorkerPool:
        pool = self._pools[number]
        if pool is None:
            pool = self._pools[number] = WorkerPool(1, _start, self._folder, self._model, self._budget)
        return pool


def first_finished(started: "Sequence[Future[list[Read]]]") -> Iterator[list[Read]]:
    """Yield the results in the order in which they complete."""
    with _broken_in_one_line():
        for future in as_completed(started):
            yield future.result()


def _few(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    for start in range(0, len(wanted), _AT_ONCE):
        yield wanted[start : start + _AT_ONCE]


@contextmanager
def _broken_in_one_line() -> Iterator[None]:
    try:
        yield
    except BrokenProcessPool as error:
        raise CodeOriginError(
            "a worker process ended before its work was done (out of memory, or killed); what was done is kept, "
            "and the same command goes on; --jobs 1 works in one process"
        ) from error


class _Worker:
    """State that a worker process shares between its blobs."""

    reader: BlobReader
    budget: Budget


def _start(folder: Path, model: Path | None, budget: Budget) -> None:
    _Worker.budget = budget
    _Worker.reader = BlobReader(Objects(Repository.of(folder).git), load_analyzer(model))


def _read(wanted: Sequence[Wanted]) -> list[Read]:
    return read_blobs(_Worker.reader, wanted, _Worker.budget)
