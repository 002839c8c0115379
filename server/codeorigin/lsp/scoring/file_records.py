"""Cache of results of files that are not open, without their text, so unchanged files are not rescored."""

import pickle
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codeorigin.lsp.scoring.requests import FunctionRecord
from codeorigin.model.file_verdict import FileVerdict

MAX_BYTES = 64 * 1024 * 1024
_OVERHEAD_BYTES = 400
"""Per entry: its path, its key and its slot in the table."""


@dataclass(frozen=True, slots=True)
class FileRecord:
    """The verdicts on one file and on its outermost functions."""

    uri: str
    model_id: str
    verdict: FileVerdict | None
    functions: tuple[FunctionRecord, ...]


@dataclass(frozen=True, slots=True)
class FileKey:
    """What a record depends on. ``languages`` are the enabled ones, which matter for cells and blocks."""

    modified_ns: int
    size: int
    file_context: bool
    model_id: str
    languages: tuple[str, ...] = ()


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
