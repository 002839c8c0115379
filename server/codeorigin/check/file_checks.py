"""The check of files: judge them, or give a one-line reason why that failed."""

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.judged import How, JudgedFile, Source
from codeorigin.analysis.report import UnparsedError
from codeorigin.check.result import FileError
from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.shell.exit_codes import describe_unexpected
from codeorigin.shell.terminal import display_path

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.model.bundle import Bundle


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

        # Most objects stay in the reports, and to look through them again and again takes a twentieth of a check.
        gc.set_threshold(50_000, 20, 20)
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
