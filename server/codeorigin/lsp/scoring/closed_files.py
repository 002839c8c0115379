"""Files that are not open (source code, notebooks, documents): what is scored of them, and what is kept of that."""

import pickle
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types

from codeorigin.analysis.report import FileReport, FunctionReport, PieceReport
from codeorigin.errors import CodeOriginError, SourceError
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import FunctionLines, function_lines
from codeorigin.functions.spans import Piece
from codeorigin.languages import Language
from codeorigin.languages.kinds import NOTEBOOK, DocumentKind, Kind, kind_for_path
from codeorigin.lsp.documents.documents import Positions, Snapshot
from codeorigin.lsp.scoring.requests import FunctionRecord, Request, Result
from codeorigin.model.past import Past
from codeorigin.model.verdict import PooledVerdict
from codeorigin.settings.schema import Settings
from codeorigin.text.positions import LineIndex, PositionEncoding
from codeorigin.text.sources import read_source

MAX_BYTES = 64 * 1024 * 1024
_OVERHEAD_BYTES = 400
"""Per entry: its path, its key and its slot in the table."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The verdicts on one file and on its outermost functions."""

    uri: str
    model_id: str
    verdict: PooledVerdict | None
    functions: tuple[FunctionRecord, ...]


@dataclass(frozen=True, slots=True)
class FileKey:
    """What a record depends on. ``languages`` are the enabled ones, which matter for cells and blocks."""

    modified_ns: int
    size: int
    file_context: bool
    model_id: str
    languages: tuple[str, ...] = ()
    past: Past | None = None

    @classmethod
    def of(cls, path: Path, settings: Settings, past: Past | None, model_id: str) -> "FileKey":
        """The key of the file as it is on disk; raises SourceError."""
        try:
            found = path.stat()
        except OSError as error:
            raise SourceError(f"cannot be read: {error.strerror}", path) from error
        return cls(
            found.st_mtime_ns, found.st_size, settings.file_context, model_id, settings.languages, past
        )


def is_chosen(path: Path, settings: Settings) -> bool:
    """Whether ``settings`` include a file of this name; notebooks are always included."""
    kind = kind_for_path(path)
    if isinstance(kind, Language):
        return kind.id in settings.languages
    return kind is NOTEBOOK or (kind is not None and kind.id in settings.documents)


def kind_of(path: Path) -> Kind:
    """What a chosen file contains."""
    kind = kind_for_path(path)
    assert kind is not None, "other files are not chosen"
    return kind


@dataclass(frozen=True, slots=True)
class ClosedFile:
    """A file as it is on disk. ``changed`` are the line ranges to look at, 1-based as in git; None means all."""

    path: Path
    text: str
    changed: Sequence[tuple[int, int]] | None = None

    @classmethod
    def read(cls, path: Path, settings: Settings) -> "ClosedFile":
        """The file as it is on disk; raises SourceError."""
        return cls(path, read_source(path, max_bytes=settings.max_file_size, language=kind_of(path).id))

    def document(self, settings: Settings) -> Document:
        """What the analyzer is to read."""
        return Document(self.text, kind_of(self.path).id, str(self.path), frozenset(settings.languages))

    def record(
        self, report: FileReport, model_id: str, settings: Settings, encoding: PositionEncoding
    ) -> FileRecord:
        """The verdicts on the file and on its functions, from the report on its :meth:`document`.

        Raises:
            SourceError: the file is too hard to parse.
        """
        try:
            report.require_parsed()
        except CodeOriginError as error:
            raise SourceError(error.reason, self.path) from None
        positions = Positions(LineIndex(self.text), encoding)
        kind = kind_of(self.path)
        if kind is NOTEBOOK:
            functions = tuple(self._of_cells(report.pieces, positions))
            return FileRecord(self.path.as_uri(), model_id, None, functions)
        snapshot = Snapshot(
            uri=self.path.as_uri(),
            version=0,
            text=self.text,
            positions=positions,
            language=kind if isinstance(kind, Language) else None,
            path=str(self.path),
            host=kind if isinstance(kind, DocumentKind) else None,
        )
        result = Result(Request(snapshot, settings), report, model_id)
        listed = result.functions
        if self.changed is not None:
            places = function_lines(self.text, [function.span for function in listed])
            listed = tuple(
                function
                for function, place in zip(listed, places, strict=True)
                if place.is_touched(self.changed)
            )
        functions = tuple(result.record(function) for function in listed)
        return FileRecord(snapshot.uri, model_id, report.verdict, functions)

    def _of_cells(self, cells: Iterable[PieceReport], positions: Positions) -> Iterator[FunctionRecord]:
        for cell in cells:
            functions = cell.report.functions
            places = function_lines(cell.piece.text, [function.span for function in functions])
            for function, place in zip(functions, places, strict=True):
                if self.changed is None or place.in_file(cell.piece).is_touched(self.changed):
                    yield _of_cell(function, cell.piece, place, positions)


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


class FileRecords:
    """Records by path, compressed (about 150 bytes per function), up to ``max_bytes`` in total.

    When the table is full, new records are not kept. Dropping the oldest ones instead would not help: scans visit the
    files in the same order each time, so each record would be dropped shortly before it is needed.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._records: dict[Path, tuple[FileKey, bytes]] = {}

    def __len__(self) -> int:
        return len(self._records)

    @property
    def size(self) -> int:
        """Approximate size of the records in bytes."""
        return self._bytes

    def get(self, path: Path, key: FileKey) -> FileRecord | None:
        """The record of ``path``, or None if there is none with this exact key."""
        entry = self._records.get(path)
        if entry is None or entry[0] != key:
            return None
        record: FileRecord = pickle.loads(zlib.decompress(entry[1]))
        return record

    def put(self, path: Path, key: FileKey, record: FileRecord) -> None:
        """Keep ``record`` if there is room."""
        self._drop(path)
        packed = zlib.compress(pickle.dumps(record, pickle.HIGHEST_PROTOCOL), 1)
        if self._bytes + len(packed) + _OVERHEAD_BYTES <= self._max_bytes:
            self._records[path] = (key, packed)
            self._bytes += len(packed) + _OVERHEAD_BYTES

    def keep(self, wanted: Callable[[Path], bool]) -> None:
        """Drop all records except those of ``wanted`` paths."""
        for path in [path for path in self._records if not wanted(path)]:
            self._drop(path)

    def _drop(self, path: Path) -> None:
        entry = self._records.pop(path, None)
        if entry is not None:
            self._bytes -= len(entry[1]) + _OVERHEAD_BYTES
