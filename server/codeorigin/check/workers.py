"""Check files in one process or in several, with the same results in the same order: judge them, or say why not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.judged import How, JudgedFile, Source, UnparsedError
from codeorigin.analysis.worker_pool import batches, results
from codeorigin.check.result import FileError
from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.core.processes import WorkerPool
from codeorigin.shell.exit_codes import describe_unexpected
from codeorigin.shell.terminal import display_path

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.model.bundle import Bundle

BYTES_FOR_A_WORKER = 1 << 19
"""Starting a process takes as long as checking this many bytes of code."""

_SHARED_BATCH_BYTES = 1 << 16
"""With several processes, batches are small, so that all processes end at about the same time."""

Outcome = JudgedFile | FileError
"""What a source gives: one file, a notebook one for each cell with functions, or the error."""


@dataclass(frozen=True, slots=True)
class FileCheck:
    """How to check files: everything that a worker process needs to know.

    ``threads`` is the number per process. With ``debug``, unexpected errors are raised.
    """

    how: How = How()  # noqa: RUF009 - it is frozen
    model: Path | None = None
    threads: int = 1
    debug: bool = False

    def load(self, bundle: "Bundle | None" = None) -> "Analyzer":
        """An analyzer with the model, from its ``bundle`` if that is loaded; raises ModelError."""
        from codeorigin.analysis.analyzer import Analyzer  # noqa: PLC0415 - takes a while

        if bundle is None:
            return Analyzer.load(self.model, threads=self.threads)
        return Analyzer(bundle, threads=self.threads)

    def run(self, sources: Sequence[Source], analyzer: "Analyzer") -> Iterator[Outcome]:
        """Yield the outcomes of the sources, in order."""
        from codeorigin.analysis.judged_files import judged_files  # noqa: PLC0415 - as the analyzer

        for file in judged_files(sources, analyzer, self.how):
            yield file if file.error is None else self._failed(file.source, file.error)

    def _failed(self, source: Source, error: Exception) -> FileError:
        if self.debug and not isinstance(error, CodeOriginError):
            raise error
        skipped = not source.named and isinstance(error, SourceError)
        return FileError(source.path, _reason(error), skipped, isinstance(error, UnparsedError))


def _reason(error: Exception) -> str:
    """The one-line reason why a file failed, without its path."""
    if not isinstance(error, CodeOriginError):
        return describe_unexpected(error)
    return display_path(error.reason)


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

    chunks = batches(sources, _size, None if pool is None else _SHARED_BATCH_BYTES)
    for done in results(check, chunks, pool, load):
        for outcome in done:
            if isinstance(outcome, FileError) and outcome.unparsed:
                unparsed.add(outcome.path)
            else:
                yield outcome
    if unparsed:
        yield from check.run([source for source in sources if source.path in unparsed], analyzer[0])


def _size(source: Source) -> int:
    try:
        return 0 if source.file is None else source.file.stat().st_size
    except OSError:
        return 0
