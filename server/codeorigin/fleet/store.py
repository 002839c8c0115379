"""The folder of a scan: rows as Parquet, a file a unit, and a manifest that says which units are done."""

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codeorigin.errors import CodeOriginError
from codeorigin.fleet.units import Unit, UnitKind
from codeorigin.fleet.work import UnitResult

_TEXT, _COUNT, _FIGURE = pa.string(), pa.int64(), pa.float64()
_BANDS = [("human", _COUNT), ("unsure", _COUNT), ("llm", _COUNT)]
_VERDICT = [("logit", _FIGURE), ("probability", _FIGURE), ("band", _TEXT), ("reason", _TEXT)]
_PART = pa.struct([("folder", _TEXT), ("language", _TEXT), ("functions", _COUNT), *_BANDS])
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
class Entry:
    """What the manifest says of a unit, or of a repository that has no units. ``error`` is None where it is done."""

    key: str
    repository: str
    kind: str
    rows: int
    error: str | None


class Store:
    """Writes whole files only, so that whatever ends the process leaves nothing half done.

    Raises:
        CodeOriginError: the folder cannot be written; what was written before stays.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest = folder / "manifest"
        try:
            self._manifest.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._full(error) from error

    def is_done(self, unit: Unit) -> bool:
        """Whether the unit's rows are there."""
        entry = self._entry(self._manifest / f"{unit.key}.json")
        return entry is not None and entry.error is None and self._rows_path(unit).is_file()

    def put(self, unit: Unit, result: UnitResult) -> None:
        """Keep what came of a unit: its rows first, then its place in the manifest."""
        if result.error is None:
            path = self._rows_path(unit)
            table = pa.Table.from_pylist([_writable(row) for row in result.rows], SCHEMAS[unit.kind])
            unfinished = path.with_name(f".{path.name}.part")
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                pq.write_table(table, unfinished, compression="zstd")
                unfinished.replace(path)
            except OSError as error:
                unfinished.unlink(missing_ok=True)
                raise self._full(error) from error
        entry = Entry(unit.key, unit.repository, unit.kind.value, len(result.rows), result.error)
        self._put_entry(entry)

    def put_failure(self, repository: str, kind: UnitKind, error: str) -> None:
        """Keep that a repository has no units, and why; the next run tries again."""
        self._put_entry(Entry(self._failure_key(repository, kind), repository, kind.value, 0, error))

    def drop_failure(self, repository: str, kind: UnitKind) -> None:
        """Forget :meth:`put_failure`: the repository has units now."""
        (self._manifest / f"{self._failure_key(repository, kind)}.json").unlink(missing_ok=True)

    def entries(self) -> Iterator[Entry]:
        """The manifest, by key."""
        for path in sorted(self._manifest.glob("*.json")):
            entry = self._entry(path)
            if entry is not None:
                yield entry

    def rows(self, kind: UnitKind) -> Iterator[dict[str, Any]]:
        """All rows of a kind, those of one file in memory at a time."""
        for path in sorted((self.folder / kind.value).glob("*/*.parquet")):
            yield from pq.read_table(path, schema=SCHEMAS[kind], partitioning=None).to_pylist()

    def _rows_path(self, unit: Unit) -> Path:
        name = hashlib.sha256(os.fsencode(unit.repository)).hexdigest()[:16]
        return self.folder / unit.kind.value / f"repository_key={name}" / f"{unit.key}.parquet"

    @staticmethod
    def _failure_key(repository: str, kind: UnitKind) -> str:
        return hashlib.sha256(f"{kind.value}\0{repository}".encode("utf-8", "surrogatepass")).hexdigest()[:24]

    def _entry(self, path: Path) -> Entry | None:
        try:
            return Entry(**json.loads(path.read_text("ascii")))
        except (OSError, ValueError, TypeError):
            return None

    def _put_entry(self, entry: Entry) -> None:
        path = self._manifest / f"{entry.key}.json"
        values = {name: getattr(entry, name) for name in Entry.__slots__}
        unfinished = path.with_name(f".{path.name}.part")
        try:
            unfinished.write_text(json.dumps(values, sort_keys=True) + "\n", "ascii")
            unfinished.replace(path)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise self._full(error) from error

    def _full(self, error: OSError) -> CodeOriginError:
        return CodeOriginError(
            f"{self.folder}: cannot write the results here: {error.strerror or error}; what is done is kept, and the "
            "same command goes on"
        )


def _writable(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose texts are Unicode: a path may be any bytes."""
    return {
        name: value.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        if isinstance(value, str)
        else [_writable(each) if isinstance(each, dict) else each for each in value]
        if isinstance(value, list | tuple)
        else value
        for name, value in row.items()
    }
