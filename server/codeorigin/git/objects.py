"""The content of blobs and commits, read with a long-lived ``git cat-file`` (which runs no filters).

To read an object, git unpacks all those that it is stored as a difference to: a pack of 925 KB can hold thousands of
small blobs that take 900 MB each. So git first tells the sizes along that chain, for which it unpacks nothing.
"""

import hashlib
import subprocess
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BufferedReader
from typing import NamedTuple

from codeorigin.core.budget import Budget, BudgetError
from codeorigin.core.errors import RepositoryError
from codeorigin.git.process import SECONDS, Git, git_version, lacking
from codeorigin.git.watch import Watch

FILE_MODES = frozenset({b"100644", b"100755"})
"""Of regular files, without links and submodules."""
LARGEST = 4 * 2**20
"""Larger objects, in bytes, are never read, nor is what is stored as a difference to one: a few kilobytes in a pack
can stand for gigabytes, and git can take minutes to compare two files of 16 MiB."""
_LARGEST_CHAIN = 64 * LARGEST
_DEEPEST_CHAIN = 4096
_MOST_UNPACKED = 64 * 2**30
"""Bytes in chains of more than :data:`LARGEST`, for all reads together; git takes a minute or two for so many."""
_HASHES = {40: "sha1", 64: "sha256"}
"""The hash that names objects, by the length of the names."""
_FORMAT = "%(objectname) %(objecttype) %(objectsize) %(deltabase)"
_BATCH_COMMAND = (2, 36)
"""The version of git from which one process tells sizes and contents."""
_AT_ONCE = 50
"""Names that are asked in one go: they fit in every system's pipe, so that neither side waits for the other."""
_MOST_KNOWN = 200_000


class UnreadableObjectError(RepositoryError):
    """The object is damaged: it has other content than its name says, or git exited or stalled while reading it."""


class LargeObjectError(UnreadableObjectError):
    """An object is larger than :data:`LARGEST`, or claims to be, or takes git too much to unpack."""


class _Stored(NamedTuple):
    """The size of an object in bytes, and the object that it is stored as a difference to, if there is one."""

    size: int
    base: str | None


class Objects:
    """Reads objects by name. Use it in a ``with`` block."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._processes: dict[str, tuple[subprocess.Popen[bytes], Watch]] = {}
        self._stored: dict[str, _Stored] = {}
        self._unpacked = Budget(size=_MOST_UNPACKED)

    def __enter__(self) -> "Objects":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End git; a later :meth:`read` starts it again."""
        for _, watch in self._processes.values():
            watch.end()
        self._processes.clear()

    def read(self, name: str, max_bytes: int) -> bytes | None:
        """The first ``max_bytes + 1`` bytes of an object; None if it is not in the repository.

        Args:
            name: a full object name, in hexadecimal digits.

        Raises:
            LargeObjectError: the object, or one that it is stored as a difference to, is larger than :data:`LARGEST`.
            UnreadableObjectError: the object is damaged; the next call starts a new process.
            RepositoryError: git cannot be started.
            ValueError: ``name`` is not such a name.
        """
        if not name.isalnum() or len(name) not in _HASHES:
            raise ValueError(f"no object name: {name!r}")
        with self._damage_told(name):
            unpacked = self._unpacked_for(name)
            if unpacked is None:
                return None
            try:
                self._unpacked.spend(size=max(0, unpacked - LARGEST))
            except BudgetError:
                raise _large(name) from None
            content = self._content(name)
            return None if content is None else content[: max_bytes + 1]

    def content(self, name: str, max_bytes: int) -> bytes:
        """:meth:`read` for an object that must be there: without it, a RepositoryError says what to do."""
        found = self.read(name, max_bytes)
        if found is None:
            raise RepositoryError(lacking(name))
        return found

    def unfit(self, names: Collection[str]) -> set[str]:
        """Those of ``names`` that are too large to be read, or claim to be. None of them is read.

        Raises:
            UnreadableObjectError: one of them is damaged.
        """
        found = set()
        with suppress(UnreadableObjectError), self._damage_told("of several"):
            self._look_at(sorted(names))
        for name in names:
            try:
                with self._damage_told(name):
                    self._unpacked_for(name)
            except LargeObjectError:
                found.add(name)
        return found

    @contextmanager
    def _damage_told(self, name: str) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            stalled = any(watch.stalled for _, watch in self._processes.values())
            self.close()
            self._git.cancel.raise_if_cancelled()
            raise UnreadableObjectError(
                f"object {name[:10]}: git stalled while reading it" if stalled else lacking(name)
            ) from error

    def _unpacked_for(self, name: str) -> int | None:
        """How many bytes git unpacks to read an object; None if it is not in the repository."""
        self._look_at([name])
        total, left = 0, name
        for _ in range(_DEEPEST_CHAIN):
            stored = self._stored.get(left)
            if stored is None:
                break
            total += stored.size
            if stored.size > LARGEST or total > _LARGEST_CHAIN:
                raise _large(name)
            if stored.base is None:
                return total
            left = stored.base
        if left == name:
            return None
        raise ValueError("a chain without an end")

    def _look_at(self, names: Sequence[str]) -> None:
        """Ask for the sizes of ``names`` and of what they are stored as differences to."""
        if len(self._stored) > _MOST_KNOWN:
            self._stored.clear()
        left = [name for name in names if name not in self._stored]
        while left:
            bases = set()
            for start in range(0, len(left), _AT_ONCE):
                for name, stored in self._told(left[start : start + _AT_ONCE]):
                    self._stored[name] = stored
                    if stored.base is not None:
                        bases.add(stored.base)
            left = sorted(bases.difference(self._stored))

    def _told(self, names: Sequence[str]) -> Iterator[tuple[str, _Stored]]:
        """What git tells of those of ``names`` that are in the repository."""
        with self._asked("info", names) as output:
            for name in names:
                header = output.readline().split()
                if header[1:] != [b"missing"]:
                    _, _, size, base = header
                    yield name, _Stored(int(size), base.decode("ascii") if base.strip(b"0") else None)

    def _content(self, name: str) -> bytes | None:
        with self._asked("contents", [name]) as output:
            header = output.readline().split()
            if header[1:] == [b"missing"]:
                return None
            _, kind, announced, _ = header
            size = int(announced)
            if not 0 <= size <= LARGEST:
                raise ValueError("another size than before")
            content = output.read(size + 1)
        # Damaged objects can make git print less or more than it announced, up to what looks like its next answers.
        digest = hashlib.new(_HASHES[len(name)], b"%b %d\0" % (kind, size), usedforsecurity=False)
        digest.update(content[:size])
        if len(content) <= size or digest.hexdigest() != name:
            raise ValueError("damaged")
        return content[:size]

    @contextmanager
    def _asked(self, command: str, names: Sequence[str]) -> Iterator[BufferedReader]:
        """Git's answers to ``info`` or ``contents`` of ``names``."""
        is_one = git_version() >= _BATCH_COMMAND
        option = "--batch-command" if is_one else {"info": "--batch-check", "contents": "--batch"}[command]
        if option not in self._processes:
            process = self._git.start_with_pipes("cat-file", f"{option}={_FORMAT}")
            watch = Watch(process, self._git.cancel, seconds=SECONDS, ponders=False)
            self._processes[option] = process, watch
        process, watch = self._processes[option]
        asked = f"{command} " if is_one else ""
        with watch as output:
            assert process.stdin is not None
            process.stdin.write("".join(f"{asked}{name}\n" for name in names).encode("ascii"))
            yield output


def _large(name: str) -> LargeObjectError:
    return LargeObjectError(
        f"{name[:10]}: is larger than {LARGEST:,} bytes, or is packed as if it were, and is not read"
    )
