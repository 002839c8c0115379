"""The check of one file: read, analyse, and one line on why where that fails."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.cli.check_result import CheckedFile, FileError, counted_lines
from codeorigin.cli.exit_codes import describe_unexpected
from codeorigin.cli.inputs import Source
from codeorigin.cli.terminal import display_path
from codeorigin.errors import CodeOriginError, SourceError

if TYPE_CHECKING:
    from codeorigin.analyzer import Analyzer


@dataclass(frozen=True, slots=True)
class FileCheck:
    """How files are checked: everything that a process of its own has to know.

    ``threads`` are those of one process. ``keep_text`` is for reports that quote code. With ``debug`` an unforeseen
    error is raised.
    """

    model: Path | None = None
    threads: int = 1
    file_context: bool = True
    keep_text: bool = False
    debug: bool = False

    def load(self) -> "Analyzer":
        """The model; raises :class:`~codeorigin.errors.ModelError`."""
        from codeorigin.analyzer import Analyzer  # noqa: PLC0415 - takes a while

        return Analyzer.load(self.model, threads=self.threads)

    def prepare(self, sources: Sequence[Source], analyzer: "Analyzer") -> None:
        """Score the functions of ``sources`` together, which is faster; :meth:`run` has then less to do.

        What goes wrong here is left to :meth:`run`, which says of which file it is true.
        """
        documents = []
        for source in sources:
            if source.file is not None:
                with suppress(SourceError):
                    documents.append((source.read(), source.language.id, source.path))
        with suppress(Exception):
            analyzer.prepare(documents)

    def run(self, source: Source, analyzer: "Analyzer") -> CheckedFile | FileError:
        """Check one source."""
        try:
            text = source.read()
            report = analyzer.analyze(
                text, source.language.id, path=source.path, file_context=self.file_context
            )
            kept = text if self.keep_text else None
            if source.changed is not None:
                from codeorigin.cli.changes import changed_file  # noqa: PLC0415

                made = changed_file(report, text, source.changed, in_context=self.file_context)
                return replace(made, path=source.path, text=kept)
            return CheckedFile(source.path, report, kept, counted_lines(report, text, None))
        except Exception as error:
            if self.debug and not isinstance(error, CodeOriginError):
                raise
            skipped = not source.named and isinstance(error, SourceError)
            return FileError(source.path, _reason(error, source.path), skipped)


def _reason(error: Exception, path: str) -> str:
    """One line on why a file failed, without its path in front."""
    if not isinstance(error, CodeOriginError):
        return describe_unexpected(error)
    return display_path(str(error)).removeprefix(f"{path}: ")
