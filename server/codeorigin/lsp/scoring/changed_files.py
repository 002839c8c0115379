"""The functions that the working tree changed since HEAD: which files, and the verdicts on them."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from codeorigin.analysis.report import FunctionReport, PieceReport
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.languages.kinds import NOTEBOOK, kind_for_path
from codeorigin.lsp.documents.snapshot import Positions
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.pasts import Pasts
from codeorigin.lsp.scoring.scored_document import FunctionRecord
from codeorigin.model.verdict import Reason, Verdict
from codeorigin.settings.schema import Settings
from codeorigin.text.exclusions import exclusions
from codeorigin.text.positions import LineIndex, PositionEncoding
from codeorigin.text.sources import decode_source

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer
    from codeorigin.git.written import WrittenFile

    _Changed = tuple[Sequence[tuple[Path, WrittenFile]], bool]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScanFolder:
    """A folder to scan and its settings, which do not apply to the workspace folders ``inside`` it."""

    path: Path
    settings: Settings
    inside: tuple[Path, ...] = ()

    def takes(self, path: Path) -> bool:
        """Whether the file at ``path``, which must be below it, is to be scored with these settings."""
        kind = kind_for_path(path)
        if kind is None or not (kind is NOTEBOOK or kind.id in self.settings.languages):
            return False
        is_inner = any(path.is_relative_to(inner) for inner in self.inside)
        return not is_inner and not exclusions(self.settings.exclude, self.path).file(path)


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """The verdicts on the functions of one file that have changed lines."""

    uri: str
    functions: tuple[FunctionRecord, ...]


class ChangeScan:
    """Lists and scores what the working tree changed."""

    def __init__(self, engine: ScoringEngine, pasts: Pasts, encoding: PositionEncoding) -> None:
        self._engine = engine
        self._pasts = pasts
        self._encoding = encoding

    async def files(self, folder: ScanFolder, token: CancelToken) -> "_Changed":
        """The files below ``folder`` that differ from HEAD, and whether moves can be told. Raises RepositoryError."""
        return await self._engine.git.submit(partial(_changed_files, folder), token=token)

    async def judge(
        self, path: Path, file: "WrittenFile", settings: Settings, token: CancelToken
    ) -> ScannedFile:
        """The functions that contain changed lines of ``file``; each is judged within its whole file.

        Raises:
            SourceError: the file is not source text.
            ModelError: the model is missing or broken.
        """
        past = await self._pasts.of(path, settings, token)

        def work(analyzer: "Analyzer", cancel: CancelToken) -> ScannedFile:
            kind = kind_for_path(path)
            assert kind is not None, "only files with code are listed"
            text = decode_source(file.content, str(path), settings.max_file_size, kind.id)
            document = Document(text, kind.id, str(path), frozenset(settings.languages))
            (report,) = analyzer.analyze_many(
                [document], file_context=settings.file_context, past=past, cancel=cancel
            )
            if isinstance(report, Exception):
                raise report
            try:
                report.require_parsed()
            except CodeOriginError as error:
                raise SourceError(error.reason, path) from None
            positions = Positions(LineIndex(text), self._encoding)
            pieces = report.pieces if kind is NOTEBOOK else ()
            found = [record for cell in pieces for record in _of_cell(cell, positions, file)]
            if kind is not NOTEBOOK:
                places = function_lines(text, [function.span for function in report.functions])
                found = [
                    _record(function, positions, place, file)
                    for function, place in zip(report.functions, places, strict=True)
                    if place.is_touched(file.lines)
                ]
            return ScannedFile(path.as_uri(), tuple(found))

        return await self._engine.score(work, token=token)


def failure(path: Path, error: Exception) -> str:
    """One line about a file that could not be scored; raises ``error`` if it concerns more than that file."""
    if isinstance(error, SourceError):
        return str(error)
    if isinstance(error, CodeOriginError):
        raise error
    logger.error("a file could not be scored", exc_info=error)
    return f"{path}: could not be scored ({type(error).__name__})"


def _changed_files(folder: ScanFolder, token: CancelToken) -> "_Changed":
    # Imported in the thread that runs git, because `initialize` does not need it.
    from codeorigin.git.written import working_files  # noqa: PLC0415

    return working_files(folder.path, folder.takes, max_bytes=folder.settings.max_file_size, cancel=token)


def _record(
    function: FunctionReport, positions: Positions, place: FunctionLines, file: "WrittenFile"
) -> FunctionRecord:
    """The record of a function at its ``place`` in a changed file, without a verdict if it was only moved."""
    record = FunctionRecord.of(function, positions)
    is_moved = file.moved.holds(place.first, place.last)
    return replace(record, verdict=Verdict.without(Reason.MOVED)) if is_moved else record


def _of_cell(cell: PieceReport, positions: Positions, file: "WrittenFile") -> Iterator[FunctionRecord]:
    """The records of the functions in a cell, in whole lines of the notebook's JSON, where columns mean nothing."""
    piece, functions = cell.piece, cell.report.functions

    def lines(first: int, last: int) -> types.Range:
        start, end = piece.line(first) - 1, piece.line(last) - 1
        text = positions.index.line_text(start)
        return types.Range(
            start=positions.position(start, len(text) - len(text.lstrip())),
            end=positions.position(end, len(positions.index.line_text(end).rstrip())),
        )

    places = function_lines(piece.text, [function.span for function in functions])
    for function, place in zip(functions, places, strict=True):
        if (in_file := place.in_file(piece)).is_touched(file.lines):
            record = _record(function, positions, in_file, file)
            header = place.first + record.header_offset
            yield replace(record, range=lines(place.first, place.last), header=lines(header, header))
