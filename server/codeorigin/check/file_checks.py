"""The check of one file: read and analyze it, or give a one-line reason why that failed."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.analysis.report import FileReport
from codeorigin.check.inputs import Source
from codeorigin.check.result import Cell, CheckedFile, FileError, counted_lines
from codeorigin.cli.exit_codes import describe_unexpected
from codeorigin.cli.terminal import display_path
from codeorigin.errors import CodeOriginError, ModelError, SourceError
from codeorigin.languages.kinds import NOTEBOOK
from codeorigin.languages.parsing import one_document

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer


@dataclass(frozen=True, slots=True)
class FileCheck:
    """How to check files: everything that a worker process needs to know.

    ``threads`` is the number per process. With ``deep``, the
    deep part of a model refines the verdicts. ``keep_text`` is for reports that quote code. With ``debug``, unexpected
    errors are raised.
    """

    model: Path | None = None
    threads: int = 1
    file_context: bool = True
    deep: bool = False
    keep_text: bool = False
    debug: bool = False

    def load(self) -> "Analyzer":
        """Load the model; raises :class:`~codeorigin.errors.ModelError`."""
        from codeorigin.analysis.analyzer import Analyzer  # noqa: PLC0415 - takes a while

        return Analyzer.load(self.model, threads=self.threads)

    def prepare(self, sources: Sequence[Source], analyzer: "Analyzer") -> list[str | None]:
        """Score the functions of ``sources`` together, which makes the following calls of :meth:`run` faster.

        A source that cannot be read is left to :meth:`run`, which reports the error for its file.

        Returns:
            The texts of the sources; None for those that were not read.
        """
        texts: list[str | None] = [None] * len(sources)
        documents = []
        for number, source in enumerate(sources):
            if source.file is not None and source.kind is not NOTEBOOK:
                with suppress(SourceError):
                    texts[number] = text = source.read()
                    documents.append((text, source.kind.id, source.path))
        analyzer.prepare(documents)
        return texts

    def run(
        self, source: Source, analyzer: "Analyzer", text: str | None = None
    ) -> tuple[CheckedFile, ...] | FileError:
        """Check one source: a file, or a notebook, which gives one result per cell with functions.

        ``text`` is the text of the source if it was already read.
        """
        try:
            text = source.read() if text is None else text
            if source.kind is NOTEBOOK:
                with one_document(len(text)):
                    return tuple(self._cells(source, text, analyzer))
            return (self._checked(source, text, source.kind.id, source.changed, analyzer),)
        except Exception as error:
            if self.debug and not isinstance(error, CodeOriginError):
                raise
            skipped = not source.named and isinstance(error, SourceError)
            return FileError(source.path, _reason(error), skipped)

    def _cells(self, source: Source, text: str, analyzer: "Analyzer") -> Iterator[CheckedFile]:
        from codeorigin.functions.pieces import pieces_of  # noqa: PLC0415

        silent = True
        for piece in pieces_of(text, NOTEBOOK, source.path, languages=source.cells):
            changed = None if source.changed is None else _in_cell(source.changed, piece.lines or ())
            cell = Cell(piece.cell or 0, piece.lines or ())
            checked = self._checked(source, piece.text, piece.language, changed, analyzer, cell)
            if checked.report.functions:
                silent = False
                yield checked
        if silent:
            nothing = FileReport(source.kind.id, source.path, ())
            yield CheckedFile(source.path, nothing, changed=None if source.changed is None else ())

    def _checked(
        self,
        source: Source,
        text: str,
        language: str,
        changed: Sequence[tuple[int, int]] | None,
        analyzer: "Analyzer",
        cell: Cell | None = None,
    ) -> CheckedFile:
        report = analyzer.analyze(
            text,
            language,
            path=source.path,
            file_context=self.file_context,
            cell=cell is not None,
        )
        report.require_parsed()
        kept = text if self.keep_text else None
        if changed is not None:
            from codeorigin.check.changes import changed_file  # noqa: PLC0415

            made = changed_file(report, text, changed, in_context=self.file_context)
            return replace(made, path=source.path, text=kept, cell=cell)
        unrefined = None
        if self.deep:
            try:
                report = analyzer.refine(text, report)
            except ModelError as error:
                unrefined = str(error)
        counted = counted_lines(report, text, None)
        return CheckedFile(source.path, report, kept, counted, cell=cell, unrefined=unrefined)


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
