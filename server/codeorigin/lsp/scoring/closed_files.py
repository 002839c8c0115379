"""Scores files that are not open: source code, the cells of a notebook, the blocks of a document."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.cancellation import CancelToken
from codeorigin.errors import CodeOriginError, SourceError
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.functions.pieces import pieces_of
from codeorigin.functions.spans import Piece
from codeorigin.languages import Language
from codeorigin.languages.kinds import NOTEBOOK, DocumentKind, kind_for_path
from codeorigin.languages.parsing import one_document
from codeorigin.lsp.documents.documents import Positions, Snapshot
from codeorigin.lsp.scoring.file_records import FileRecord
from codeorigin.lsp.scoring.scored_document import FunctionRecord, Pass, Result
from codeorigin.settings.schema import Settings
from codeorigin.text.positions import LineIndex, PositionEncoding

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer


def is_chosen(path: Path, settings: Settings) -> bool:
    """Whether ``settings`` include a file of this name; notebooks are always included."""
    kind = kind_for_path(path)
    if isinstance(kind, Language):
        return kind.id in settings.languages
    return kind is NOTEBOOK or (kind is not None and kind.id in settings.documents)


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """A file as it is on disk. ``changed`` are the line ranges to look at, 1-based as in git; None means all."""

    path: Path
    text: str
    changed: Sequence[tuple[int, int]] | None = None

    def record(
        self, analyzer: "Analyzer", settings: Settings, encoding: PositionEncoding, token: CancelToken
    ) -> FileRecord:
        """The verdicts on the file and on its functions.

        Raises:
            SourceError: the file is a notebook that cannot be read, or is too hard to parse.
            ModelError: a block's language had to be guessed, and the model for that is missing or broken.
            Cancelled: ``token`` was cancelled.
        """
        positions = Positions(LineIndex(self.text), encoding)
        kind = kind_for_path(self.path)
        assert kind is not None, "other files are not chosen"
        if kind is NOTEBOOK:
            with one_document(len(self.text)):
                functions = tuple(self._of_cells(analyzer, settings, positions, token))
            return FileRecord(self.path.as_uri(), analyzer.model_id, None, functions)
        report = analyzer.analyze(
            self.text,
            kind.id,
            path=str(self.path),
            file_context=settings.file_context,
            languages=settings.languages,
            cancel=token,
        )
        self._require_parsed(report)
        snapshot = Snapshot(
            uri=self.path.as_uri(),
            version=0,
            text=self.text,
            positions=positions,
            language=kind if isinstance(kind, Language) else None,
            path=str(self.path),
            host=kind if isinstance(kind, DocumentKind) else None,
        )
        result = Result(Pass(snapshot, settings), report, analyzer.model_id)
        listed = result.functions
        if self.changed is not None:
            places = function_lines(self.text, [each.span for each in listed])
            listed = tuple(
                each for each, place in zip(listed, places, strict=True) if place.is_touched(self.changed)
            )
        functions = tuple(result.record(function) for function in listed)
        return FileRecord(snapshot.uri, analyzer.model_id, report.verdict, functions)

    def _of_cells(
        self, analyzer: "Analyzer", settings: Settings, positions: Positions, token: CancelToken
    ) -> Iterator[FunctionRecord]:
        for piece in pieces_of(self.text, NOTEBOOK, str(self.path), languages=settings.languages):
            report = analyzer.analyze(
                piece.text,
                piece.language,
                path=str(self.path),
                file_context=settings.file_context,
                cell=True,
                cancel=token,
            )
            self._require_parsed(report)
            places = function_lines(piece.text, [each.span for each in report.functions])
            for function, place in zip(report.functions, places, strict=True):
                if self.changed is None or place.in_file(piece).is_touched(self.changed):
                    yield _of_cell(function, piece, place, positions)

    def _require_parsed(self, report: FileReport) -> None:
        try:
            report.require_parsed()
        except CodeOriginError as error:
            raise SourceError(error.reason, self.path) from None


def _of_cell(
    function: FunctionReport, piece: Piece, place: FunctionLines, positions: Positions
) -> FunctionRecord:
    """The record of a function in a cell, in whole lines of the notebook's JSON, where columns mean nothing."""
    span = function.span
    to_header = span.header.start_line - span.range.start_line

    def lines(first: int, last: int) -> types.Range:
        start, end = piece.line(first) - 1, piece.line(last) - 1
        text = positions.index.line_text(start)
        return types.Range(
            start=positions.position(start, len(text) - len(text.lstrip())),
            end=positions.position(end, len(positions.index.line_text(end).rstrip())),
        )

    return FunctionRecord(
        function_id=function.function_id,
        name=span.qualified_name,
        verdict=function.verdict,
        range=lines(place.first, place.last),
        header=lines(place.first + to_header, place.first + to_header),
        header_offset=to_header,
        is_test=span.is_test,
    )
