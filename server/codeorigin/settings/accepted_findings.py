"""Findings that a team has accepted: ``.codeorigin-baseline.json`` of a project, or another file for ``check``.

A function is identified by a hash of its text, so it is reported again once the text changes.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codeorigin.core.errors import CodeOriginError
from codeorigin.text.regular_files import read_regular_file, replacing_file, trusted_root

FORMAT_VERSION = 1
_MAX_BYTES = 4_000_000
"""About 25,000 functions. Ten times as many take more than a gigabyte of memory, and an editor waits for them."""


@dataclass(frozen=True, slots=True, order=True)
class Accepted:
    """One accepted function; ``path`` is relative to the folder (``../a.py`` outside of it), with forward slashes."""

    path: str
    name: str
    id: str


def accepted_file(start: Path, name: str) -> Path | None:
    """The file called ``name`` at or above the folder ``start``, up to its repository's root; None if there is none."""
    folder = Path(os.path.realpath(start))
    for above in (folder, *folder.parents):
        if os.path.lexists(above / name):
            return above / name
        if os.path.lexists(above / ".git"):
            break
    return None


class AcceptedFindings:
    """The accepted functions of one folder, reread when the file changes.

    ``folder`` has no links in it. The file is ``folder / name``, written as ``named``, the path that a user gave, below
    whose :func:`~codeorigin.text.regular_files.trusted_root` no link is followed.
    """

    def __init__(self, folder: Path, name: str, *, named: Path | None = None) -> None:
        self._folder = folder
        self._named = named
        self._name = name
        self._path = folder / name
        self._stamp: tuple[int, int] | None = None
        self._ids: frozenset[str] = frozenset()
        self.problem: str | None = None

    def ids(self) -> frozenset[str]:
        """Ids of the accepted functions; if the file is broken, an empty set, and ``problem`` is set."""
        try:
            found = self._path.lstat()
        except OSError:
            self._stamp, self._ids, self.problem = None, frozenset(), None
            return self._ids
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._ids = frozenset(entry.id for entry in self._read())
                self.problem = None
            except CodeOriginError as error:
                self._ids, self.problem = frozenset(), str(error)
        return self._ids

    def exists(self) -> bool:
        """Whether anything exists at the file's path, even a broken link."""
        return os.path.lexists(self._path)

    def demand_ids(self) -> frozenset[str]:
        """Ids of the accepted functions; raises CodeOriginError if the file is broken."""
        return frozenset(entry.id for entry in self._read())

    def accept(
        self, functions: Iterable[tuple[str, str, str | None]], *, seen: Iterable[str] = ()
    ) -> tuple[int, int]:
        """Add functions (id, qualified name, absolute path or None), and drop all other entries of the files ``seen``.

        ``seen`` are absolute paths. Returns how many were added and how many dropped; raises CodeOriginError if the
        file is broken or cannot be written, which leaves it unchanged.
        """
        given = {function_id: (name, path) for function_id, name, path in functions}
        checked = {self._relative(path) for path in seen}
        before = set(self._read())
        still_accepted = {entry for entry in before if entry.id in given or entry.path not in checked}
        known = {entry.id for entry in still_accepted}
        added = {
            Accepted(self._relative(path), name, identity)
            for identity, (name, path) in given.items()
            if identity not in known
        }
        after = still_accepted | added
        if after != before or not self.exists():
            self._write(sorted(after))
        return len(added), len(before) - len(still_accepted)

    def _relative(self, path: str | None) -> str:
        if path is None:
            return ""
        try:
            return Path(os.path.relpath(path, self._folder)).as_posix()
        except ValueError:  # on another drive
            return Path(path).as_posix()

    def _read(self) -> list[Accepted]:
        try:
            content = read_regular_file(self._path, _MAX_BYTES, follow_links=False)
            if len(content) > _MAX_BYTES:
                raise CodeOriginError(
                    f"{self._name} is larger than {_MAX_BYTES:,} bytes; delete it, and exclude what needs no findings"
                )
            data: Any = json.loads(content.decode("utf-8"))
            if data["version"] != FORMAT_VERSION:
                raise CodeOriginError(f"{self._name} was written by another version; delete it")
            return [
                Accepted(str(entry["path"]), str(entry["name"]), str(entry["id"]))
                for entry in data["functions"]
            ]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise CodeOriginError(f"{self._name} cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise CodeOriginError(
                f"{self._name} does not hold accepted findings; repair or delete it"
            ) from error

    def _write(self, entries: list[Accepted]) -> None:
        data = {"version": FORMAT_VERSION, "functions": [asdict(entry) for entry in entries]}
        # ensure_ascii, the default, escapes lone surrogates, which UTF-8 cannot encode.
        text = json.dumps(data, indent=2) + "\n"
        try:
            path, root = self._path, self._folder
            if self._named is not None and (trusted := trusted_root(self._named)) is not None:
                path, root = trusted / self._named, trusted
            with replacing_file(path, root=root) as stream:
                stream.write(text)
        except OSError as error:
            raise CodeOriginError(f"{self._name} cannot be written: {error.strerror}") from error
