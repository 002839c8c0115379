"""The check of files: read and analyse them, or give a one-line reason why that failed."""

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.report import FileReport
from codeorigin.check.inputs import Source
from codeorigin.check.result import CheckedFile, FileError, counted_lines
from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.functions.documents import Document
from codeorigin.functions.spans import Piece
from codeorigin.languages.kinds import NOTEBOOK
from codeorigin.model.past import Past
from codeorigin.shell.exit_codes import describe_unexpected
from codeorigin.shell.terminal import display_path

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.model.bundle import Bundle


Outcome = tuple[CheckedFile, ...] | FileError
"""What a source gives: one result, a notebook one per cell with functions, or the error."""


@dataclass(frozen=True, slots=True)
class FileCheck:
    """How to check files: everything that a worker process needs to know.

    ``threads`` is the number per process, ``past`` that of the project. ``keep_text`` is for reports that quote code.
    With ``debug``, unexpected errors are raised.
    """

    model: Path | None = None
    threads: int = 1
    file_context: bool = True
    keep_text: bool = False
    debug: bool = False
    past: Past | None = None

    def load(self, bundle: "Bundle | None" = None) -> "Analyzer":
        """An analyzer with the model, from its ``bundle`` if that is loaded; raises ModelError."""
        from codeorigin.analysis.analyzer import Analyzer  # noqa: PLC0415 - takes a while

        # Most objects stay in the reports, and to look through them again and again takes a twentieth of a check.
        gc.set_threshold(50_000, 20, 20)
        if bundle is None:
            return Analyzer.load(self.model, threads=self.threads)
        return Analyzer(bundle, threads=self.threads)

    def run(self, sources: Sequence[Source], analyzer: "Analyzer") -> Iterator[Outcome]:
        """Yield the outcome of each source, in order; the functions of all of them are scored together."""
        read = [self._read(source) for source in sources]
        documents = [document for document in read if isinstance(document, Document)]
        reports = analyzer.analyze_many(documents, file_context=self.file_context, past=self.past)
        for source, document in zip(sources, read, strict=True):
            if not isinstance(document, Document):
                yield document
                continue
            report = next(reports)
            if isinstance(report, Exception):
                yield self._failed(source, report)
                continue
            try:
                report.require_parsed()
            except CodeOriginError as error:
                yield replace(self._failed(source, error), unparsed=True)
                continue
            try:
                yield tuple(self._checked(source, document.text, report, analyzer))
            except Exception as error:
                yield self._failed(source, error)

    def _read(self, source: Source) -> Document | FileError:
        try:
            return Document(source.read(), source.language, source.path, source.cells)
        except Exception as error:
            return self._failed(source, error)

    def _failed(self, source: Source, error: Exception) -> FileError:
        if self.debug and not isinstance(error, CodeOriginError):
            raise error
        skipped = not source.named and isinstance(error, SourceError)
        return FileError(source.path, _reason(error), skipped)

    def _checked(
        self, source: Source, text: str, report: FileReport, analyzer: "Analyzer"
    ) -> Iterator[CheckedFile]:
        """The file, or each cell of a notebook with functions."""
        if source.language != NOTEBOOK.id:
            yield self._file(source, Piece(report.language, text), report, source.changed, analyzer)
            return
        found = False
        for piece in report.pieces:
            changed = None if source.changed is None else _in_cell(source.changed, piece.piece.lines or ())
            checked = self._file(source, piece.piece, piece.report, changed, analyzer)
            if checked.report.functions:
                yield replace(checked, cell=replace(piece.piece, text=""))
                found = True
        if not found:
            nothing = FileReport(report.language, source.path, ())
            yield CheckedFile(source.path, nothing, changed=None if source.changed is None else ())

    def _file(
        self,
        source: Source,
        piece: Piece,
        report: FileReport,
        changed: Sequence[tuple[int, int]] | None,
        analyzer: "Analyzer",
    ) -> CheckedFile:
        text = piece.text
        quoted = text if self.keep_text else None
        if changed is not None:
            from codeorigin.check.changes import changed_file  # noqa: PLC0415 - needs git

            made = changed_file(report, piece, changed, source.moved, in_context=self.file_context)
            return replace(made, path=source.path, text=quoted)
        return CheckedFile(source.path, report, quoted, counted_lines(report, text, None))


def _in_cell(changed: Sequence[tuple[int, int]], lines: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """The lines of a cell that are on a changed line of the notebook's file, each as a separate range."""
    return tuple(
        (number, number)
        for number, line in enumerate(lines, 1)
        if any(low <= line <= high for low, high in changed)
    )


def _reason(error: Exception) -> str:
    """The one-line reason why a file failed, without its path."""
    if not isinstance(error, CodeOriginError):
        return describe_unexpected(error)
    return display_path(error.reason)
