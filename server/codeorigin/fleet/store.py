"""The result folder of a scan: one Parquet file of rows per unit, and a manifest of the units that are done."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from codeorigin.cli.terminal import display_path
from codeorigin.core.errors import CodeOriginError
from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.units import Unit
from codeorigin.fleet.work import UnitResult
from codeorigin.history.results import DECLARED_NAMES
from codeorigin.text.regular_files import IS_A_LINK, find_link, replacing_binary_file, trusted_root

_NO_UNITS = "none"
_ROWS_AT_ONCE = 1024
_PATHS = frozenset({"repository", "path", "folder"})
_TEXT, _COUNT, _FIGURE = pa.string(), pa.int64(), pa.float64()
_BANDS = [("human", _COUNT), ("unsure", _COUNT), ("llm", _COUNT)]
_VERDICT = [("logit", _FIGURE), ("probability", _FIGURE), ("band", _TEXT), ("reason", _TEXT)]
_DECLARED = pa.struct([(name, _COUNT) for name in DECLARED_NAMES])
_PART = pa.struct(
    [("folder", _TEXT), ("language", _TEXT), ("functions", _COUNT), *_BANDS, ("declared_lines", _DECLARED)]
)
SCHEMAS: dict[UnitKind, pa.Schema] = {
    UnitKind.COMMITS: pa.schema(
        [
            ("repository", _TEXT),
            ("commit", _TEXT),
            ("seconds", _COUNT),
            ("functions", _COUNT),
            ("written", _COUNT),
            ("lines", _COUNT),
            *_VERDICT,
            ("human_share", _FIGURE),
            ("parts", pa.list_(_PART)),
            ("unread", _COUNT),
            ("missing", _COUNT),
            ("declared", pa.list_(_TEXT)),
        ]
    ),
    UnitKind.TREE: pa.schema(
        [
            ("repository", _TEXT),
            ("commit", _TEXT),
            ("path", _TEXT),
            ("blob", _TEXT),
            ("language", _TEXT),
            ("functions", _COUNT),
            *_BANDS,
            *_VERDICT,
            ("error", _TEXT),
        ]
    ),
}


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A manifest entry for a unit, or for a repository with missing units. ``error`` is None if the unit is done."""

    key: str
    repository: str
    kind: str
    rows: int
    error: str | None


class Store:
    """The results of a scan. Files are replaced atomically, so an interrupted process leaves nothing half-written.

    Raises:
        CodeOriginError: the folder cannot be written; earlier results remain.
    """

    def __init__(self, folder: Path, settings: Mapping[str, Any]) -> None:
        """``settings`` is everything that rows depend on besides their unit; it must be the same for a whole folder."""
        self.folder = folder
        self._manifest = folder / "manifest"
        try:
            self._refuse_links()
            self._manifest.mkdir(parents=True, exist_ok=True)
            found = folder / "scan.json"
            if not found.exists():
                self._write(found, dict(settings))
            elif json.loads(found.read_text("ascii")) != dict(settings):
                raise CodeOriginError(
                    f"{folder}: holds a scan with another model or other options; name another folder"
                )
        except OSError as error:
            raise self._full(error) from error
        except ValueError as error:
            raise CodeOriginError(f"{folder}: scan.json is broken; name another folder") from error

    def is_done(self, unit: Unit) -> bool:
        """Whether the unit succeeded and its rows are stored."""
        entry = self._entry(self._entry_path(unit.repository, unit.kind, unit.key))
        return entry is not None and entry.error is None and self._rows_path(unit).is_file()

    def put(self, unit: Unit, result: UnitResult) -> None:
        """Store the result of a unit: its rows first, then its manifest entry.

        A result with an error has rows if only a part of the unit failed; the next run repeats the unit.
        """
        if result.error is None or result.rows:
            table = pa.Table.from_pylist([_writable(row) for row in result.rows], SCHEMAS[unit.kind])
            try:
                with self._replacing(self._rows_path(unit)) as file:
                    pq.write_table(table, file, compression="zstd", write_page_checksum=True)
            except OSError as error:
                raise self._full(error) from error
        entry = UnitRecord(unit.key, unit.repository, unit.kind.value, len(result.rows), result.error)
        self._put_entry(entry)

    def put_failure(self, repository: str, kind: UnitKind, error: str) -> None:
        """Record why the units of a repository could not be listed, or not completely; the next run tries again."""
        self._put_entry(UnitRecord(_NO_UNITS, repository, kind.value, 0, error))

    def keep_only(self, repository: str, kind: UnitKind, units: Sequence[Unit]) -> None:
        """Delete what is stored for a repository but no longer belongs to one of its ``units``.

        New commits change the last unit. Without this, its old commits would be counted twice.
        """
        keys = {unit.key for unit in units}
        rows = self.folder / kind.value / _place(repository)
        manifest = self._entry_path(repository, kind, _NO_UNITS).parent
        for path in [*rows.glob("*.parquet"), *manifest.glob("*.json")]:
            if path.stem not in keys:
                path.unlink(missing_ok=True)

    def entries(self) -> Iterator[UnitRecord]:
        """Yield the manifest entries, ordered by kind, repository and key."""
        for kind in _in_order(self._manifest):
            for path in _files(kind, ".json"):
                entry = self._entry(path)
                if entry is not None:
                    yield entry

    def rows(self, kind: UnitKind) -> Iterator[dict[str, Any]]:
        """Yield all rows of a kind, with only a few in memory at a time."""
        schema = SCHEMAS[kind]
        for path in _files(self.folder / kind.value, ".parquet"):
            try:
                with pq.ParquetFile(path, page_checksum_verification=True) as file:
                    if not file.schema_arrow.equals(schema):
                        raise ValueError("other columns")
                    for batch in file.iter_batches(_ROWS_AT_ONCE, columns=schema.names):
                        yield from batch.to_pylist()
            except (OSError, ValueError, pa.ArrowException) as error:
                raise CodeOriginError(
                    f"{path}: is damaged; delete it and give the same command, which makes it again"
                ) from error

    def _rows_path(self, unit: Unit) -> Path:
        return self.folder / unit.kind.value / _place(unit.repository) / f"{unit.key}.parquet"

    def _entry_path(self, repository: str, kind: UnitKind, key: str) -> Path:
        return self._manifest / kind.value / _place(repository) / f"{key}.json"

    def _entry(self, path: Path) -> UnitRecord | None:
        try:
            return UnitRecord(**json.loads(path.read_text("ascii")))
        except (OSError, ValueError, TypeError):
            return None

    def _put_entry(self, entry: UnitRecord) -> None:
        path = self._entry_path(entry.repository, UnitKind(entry.kind), entry.key)
        try:
            self._write(path, {name: getattr(entry, name) for name in UnitRecord.__slots__})
        except OSError as error:
            raise self._full(error) from error

    def _refuse_links(self) -> None:
        """Raise if the folder is behind, or contains, a link.

        It may be in a cloned repository, where nothing behind a link may be read, written or deleted.
        """
        link = None
        if (root := trusted_root(self.folder)) is not None:
            ways = [self.folder, *self.folder.parents]
            link = next((way for way in ways if way != root and way.is_symlink()), None)
        held = [self.folder / name for name in ("scan.json", "manifest", *(kind.value for kind in UnitKind))]
        link = link or next(filter(None, map(find_link, held)), None)
        if link is not None:
            raise CodeOriginError(f"{link}: {IS_A_LINK}; name another folder")

    def _replacing(self, path: Path) -> AbstractContextManager[BinaryIO]:
        return replacing_binary_file(path, root=self.folder, make_folders=True)

    def _write(self, path: Path, values: dict[str, Any]) -> None:
        with self._replacing(path) as file:
            file.write((json.dumps(values, sort_keys=True) + "\n").encode("ascii"))

    def _full(self, error: OSError) -> CodeOriginError:
        return CodeOriginError(
            f"{self.folder}: cannot write the results here: {error.strerror or error}; what is done is kept, and the "
            "same command goes on"
        )


def _in_order(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _files(folder: Path, suffix: str) -> Iterator[Path]:
    """Yield the files of all repositories, listing one repository at a time because a large scan has very many."""
    for repository in _in_order(folder):
        yield from (path for path in _in_order(repository) if path.suffix == suffix)


def _place(repository: str) -> str:
    return f"repository_key={hashlib.sha256(os.fsencode(repository)).hexdigest()[:16]}"


def _unicode(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _writable(row: dict[str, Any]) -> dict[str, Any]:
    """A row with only valid Unicode strings: a path may contain arbitrary bytes."""
    return {
        name: (display_path if name in _PATHS else _unicode)(value)
        if isinstance(value, str)
        else [_writable(item) if isinstance(item, dict) else item for item in value]
        if isinstance(value, list | tuple)
        else value
        for name, value in row.items()
    }
