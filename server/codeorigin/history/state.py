"""What is known about a repository's history, in one file outside it, so that an interrupted run can continue."""

import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from codeorigin.core.cache_folder import cache_folder
from codeorigin.core.errors import CodeOriginError
from codeorigin.history.results import CommitResult, Part, TouchedFunction
from codeorigin.model.verdict import Band
from codeorigin.text.regular_files import IS_A_LINK, trusted_root

_FORMAT = 8
_TABLES = frozenset({"about", "commits"})


def default_path(repository: Path, model: str) -> Path:
    """Where the state for a repository and a model (its identity) is stored, in the user's cache folder."""
    key = hashlib.sha256(f"{os.path.realpath(repository)}\0{model}".encode("utf-8", "surrogatepass"))
    return cache_folder() / "history" / f"{key.hexdigest()[:24]}.sqlite"


class HistoryState:
    """Stores the results of commits under ``settings``, a key of any form.

    What :meth:`keep` has written survives a crash; anything later, and what is damaged, is computed again.

    Raises:
        CodeOriginError: the file cannot be used.
    """

    def __init__(self, path: Path, settings: str, model: str) -> None:
        self._path, self._settings = path, settings
        try:
            self._refuse_links()
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._database = sqlite3.connect(path, timeout=1.0, isolation_level=None)
            self._refuse_foreign()
            self._refuse_damaged()
            # Hold the lock between transactions too; otherwise a second run could start and lock this one out.
            self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute("BEGIN IMMEDIATE")
            self._prepare(model)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from error

    def _refuse_links(self) -> None:
        """A link of the repository, or of a file that SQLite writes beside its own, could lead anywhere."""
        root = trusted_root(self._path)
        folders = (
            []
            if root is None
            else [folder for folder in (root / self._path).parents if root in folder.parents]
        )
        beside = [self._path.with_name(self._path.name + end) for end in ("", "-wal", "-shm", "-journal")]
        for place in (*folders, *beside):
            if place.is_symlink():
                raise CodeOriginError(
                    f"{self._path}: cannot keep the state of the history here: {IS_A_LINK}; --state names another file"
                )

    def _refuse_foreign(self) -> None:
        # Another program's database may have tables with the same names, which would be emptied.
        run = self._database.execute
        tables = {name for (name,) in run("SELECT name FROM sqlite_master WHERE type = 'table'")}
        columns = [name for _, name, *_ in run("PRAGMA table_info(about)")]
        if tables and (tables != _TABLES or columns != ["format", "model"]):
            self._database.close()
            raise CodeOriginError(
                f"{self._path}: is a database of another program; --state names another file"
            )

    def _refuse_damaged(self) -> None:
        # Found now, and not by a query after half of a report is written.
        if self._database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            self._database.close()
            raise CodeOriginError(
                f"{self._path}: the kept state of the history is damaged; delete the file, and the next run makes it "
                "again"
            )

    def _prepare(self, model: str) -> None:
        run = self._database.execute
        run("CREATE TABLE IF NOT EXISTS about (format INTEGER, model TEXT)")
        run(
            "CREATE TABLE IF NOT EXISTS commits (settings TEXT, id TEXT, result BLOB, "
            "PRIMARY KEY (settings, id)) WITHOUT ROWID"
        )
        found = run("SELECT format, model FROM about").fetchone()
        if found != (_FORMAT, model):
            for table in _TABLES:
                run(f"DELETE FROM {table}")
            run("INSERT INTO about VALUES (?, ?)", (_FORMAT, model))

    def __enter__(self) -> "HistoryState":
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            self._database.execute("COMMIT")
        except sqlite3.Error as failure:
            if kind is None:
                raise self._unusable(failure) from failure
        finally:
            self._database.close()

    def results(self, commits: Iterable[str]) -> dict[str, CommitResult]:
        """The stored results of ``commits``, without damaged ones."""
        query = "SELECT id, result FROM commits WHERE settings = ? AND id IN (SELECT value FROM json_each(?))"
        found = {}
        for name, data in self._run(query, self._settings, json.dumps(list(commits))):
            with suppress(zlib.error, ValueError, TypeError, KeyError):
                found[name] = _restored(json.loads(zlib.decompress(data)))
        return found

    def keep(self, results: Iterable[CommitResult]) -> None:
        """Write the results of some commits to disk."""
        for result in results:
            # Compression also adds a checksum.
            data = zlib.compress(json.dumps(asdict(result), separators=(",", ":")).encode("ascii"), 1)
            self._run("INSERT OR REPLACE INTO commits VALUES (?, ?, ?)", self._settings, result.commit, data)
        self._run("COMMIT")
        self._run("BEGIN IMMEDIATE")

    def _run(self, query: str, *values: str | bytes) -> list[Any]:
        try:
            return self._database.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise self._unusable(error) from error

    def _unusable(self, error: Exception) -> CodeOriginError:
        reason = getattr(error, "strerror", None) or str(error)
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
            reason = "another run is at it"
        return CodeOriginError(
            f"{self._path}: cannot keep the state of the history here: {reason}; --state names another file"
        )


def _restored(data: dict[str, Any]) -> CommitResult:
    """The result whose fields were kept; raises KeyError, TypeError or ValueError."""
    values = data | {
        "declared": tuple(data["declared"]),
        "parts": tuple(Part(**part) for part in data["parts"]),
        "band": _band(data["band"]),
        "shown": tuple(TouchedFunction(**shown | {"band": _band(shown["band"])}) for shown in data["shown"]),
    }
    return CommitResult(**values)


def _band(value: str | None) -> Band | None:
    return None if value is None else Band(value)
