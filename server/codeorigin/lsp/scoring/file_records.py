"""Verdicts on files that are not open (source code, notebooks, documents): how they are computed and cached."""

import pickle
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from lsprotocol import types

from codeorigin.analysis.report import FileReport, PieceReport
from codeorigin.core.errors import CodeOriginError, SourceError
from codeorigin.functions.documents import Document
from codeorigin.functions.function_lines import function_lines
from codeorigin.languages import Language
from codeorigin.languages.kinds import NOTEBOOK, kind_for_path
from codeorigin.lsp.documents.documents import Positions
from codeorigin.lsp.scoring.requests import FunctionRecord
from codeorigin.model.past import Past
from codeorigin.model.verdict import PooledVerdict
from codeorigin.settings.schema import Settings
from codeorigin.text.positions import LineIndex, PositionEncoding
from codeorigin.text.sources import decode_source, read_source

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


class FileKey(NamedTuple):
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


def closed_document(path: Path, settings: Settings, content: bytes | None = None) -> Document:
    """What the analyzer is to read of a chosen file, as it is on disk or has the ``content``; raises SourceError."""
    kind = kind_for_path(path)
    assert kind is not None, "the caller must check is_chosen() first"
    most = settings.max_file_size
    if content is None:
        text = read_source(path, max_bytes=most, language=kind.id)
    else:
        text = decode_source(content, str(path), most, kind.id)
    return Document(text, kind.id, str(path), frozenset(settings.languages))


def file_record(
    document: Document,
    report: FileReport,
    model_id: str,
    encoding: PositionEncoding,
    changed: Sequence[tuple[int, int]] | None = None,
) -> FileRecord:
    """The verdicts on a file and on its functions.

    ``changed`` are the line ranges that the functions must have a part in, 1-based as in git; None means all.

    Raises:
        SourceError: the file is too hard to parse.
    """
    path = Path(document.path or "")
    try:
        report.require_parsed()
    except CodeOriginError as error:
        raise SourceError(error.reason, path) from None
    positions = Positions(LineIndex(document.text), encoding)
    if document.kind == NOTEBOOK.id:
        records = tuple(record for cell in report.pieces for record in _of_cell(cell, positions, changed))
        return FileRecord(path.as_uri(), model_id, None, records)
    functions = report.functions
    if changed is not None:
        places = function_lines(document.text, [function.span for function in functions])
        functions = tuple(
            function for function, place in zip(functions, places, strict=True) if place.is_touched(changed)
        )
    records = tuple(FunctionRecord.of(function, positions) for function in functions)
    return FileRecord(path.as_uri(), model_id, report.verdict, records)


def _of_cell(
    cell: PieceReport, positions: Positions, changed: Sequence[tuple[int, int]] | None
) -> Iterator[FunctionRecord]:
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
        if changed is None or place.in_file(piece).is_touched(changed):
            record = FunctionRecord.of(function, positions)
            header = place.first + record.header_offset
            yield replace(record, range=lines(place.first, place.last), header=lines(header, header))


class FileRecords:
    """Records by path, compressed (about 150 bytes per function), up to ``max_bytes`` in total.

    When the table is full, new records are not kept. Dropping the oldest ones instead would not help: scans visit the
    files in the same order each time, so each record would be dropped shortly before it is needed.
    """

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self.size = 0
        """Approximate size of the records in bytes."""
        self._records: dict[Path, tuple[FileKey, bytes]] = {}

    def get(self, path: Path, key: FileKey) -> FileRecord | None:
        """The record of ``path``, or None if there is none with this exact key."""
        entry = self._records.get(path)
        if entry is None or entry[0] != key:
            return None
        record: FileRecord = pickle.loads(zlib.decompress(entry[1]))
        return record

    def put(self, path: Path, key: FileKey, record: FileRecord) -> None:
        """Keep ``record`` if there is room."""
        if (old := self._records.pop(path, None)) is not None:
            self.size -= len(old[1]) + _OVERHEAD_BYTES
        packed = zlib.compress(pickle.dumps(record, pickle.HIGHEST_PROTOCOL), 1)
        if self.size + len(packed) + _OVERHEAD_BYTES <= self._max_bytes:
            self._records[path] = (key, packed)
            self.size += len(packed) + _OVERHEAD_BYTES
