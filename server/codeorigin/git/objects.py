"""The content of blobs and commits, read with one long-lived ``git cat-file --batch`` (which runs no filters)."""

import hashlib
import subprocess
from collections.abc import Collection
from io import BufferedReader
from types import TracebackType

from codeorigin.core.errors import RepositoryError
from codeorigin.git.process import SECONDS, FailedCommandError, Git, end
from codeorigin.git.watch import Watch

LARGEST = 4 * 2**20
"""Larger objects, in bytes, are never read: a few kilobytes in a repository can stand for gigabytes, and git can take
minutes to compare two files of 16 MiB."""
_HASHES = {40: "sha1", 64: "sha256"}
"""The hash that names objects, by the length of the names."""


class UnreadableObjectError(RepositoryError):
    """The object is damaged: it has other content than its name says, or git exited or stalled while reading it."""


class LargeObjectError(UnreadableObjectError):
    """An object is larger than :data:`LARGEST`, or claims to be."""


class Objects:
    """Reads objects by name. Use it in a ``with`` block."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Objects":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process; a later :meth:`read` starts another."""
        if self._process is not None:
            end(self._process)
            self._process = None

    def read(self, name: str, max_bytes: int) -> bytes | None:
        """The first ``max_bytes + 1`` bytes of an object; None if it is not in the repository.

        Args:
            name: a full object name, in hexadecimal digits.

        Raises:
            LargeObjectError: the object is larger than :data:`LARGEST`.
            UnreadableObjectError: the object is damaged; the next call starts a new process.
            RepositoryError: git cannot be started.
            ValueError: ``name`` is not such a name.
        """
        if not name.isalnum() or len(name) not in _HASHES:
            raise ValueError(f"no object name: {name!r}")
        if self._process is None:
            self._process = self._git.start_with_pipes("cat-file", "--batch")
            self._watch = Watch(self._process, self._git.cancel, seconds=SECONDS, ponders=False)
        try:
            with self._watch as output:
                return self._ask(self._process, output, name, max_bytes)
        except LargeObjectError:
            # git is about to unpack all of it.
            self.close()
            raise
        except (OSError, ValueError) as error:
            self.close()
            self._git.cancel.raise_if_cancelled()
            raise UnreadableObjectError(
                f"{self._git.folder}: object {name[:10]} is damaged, or git stalled while reading it"
            ) from error

    def holds(self, name: str) -> bool:
        """Whether the object exists and can be read completely, or is too large to be read."""
        try:
            return self.read(name, 0) is not None
        except LargeObjectError:
            return True
        except UnreadableObjectError:
            return False

    def unfit(self, names: Collection[str]) -> set[str]:
        """Those of ``names`` that are larger than :data:`LARGEST` or claim to be, or whose size cannot be told.

        None of them is read. A name that is not in the repository is not among them.
        """
        found = set()
        left = sorted(names)
        while left:
            answered = 0
            asked = "".join(f"{name}\n" for name in left).encode("ascii")
            try:
                with self._git.stream("cat-file", "--batch-check", stdin=asked, ponders=False) as output:
                    for line in output:
                        size = line.split()[2:]
                        if size and int(size[0]) > LARGEST:
                            found.add(left[answered])
                        answered += 1
                break
            except FailedCommandError:
                found.update(left[answered : answered + 1])
                left = left[answered + 1 :]
        return found

    def _ask(
        self, process: subprocess.Popen[bytes], output: BufferedReader, name: str, max_bytes: int
    ) -> bytes | None:
        assert process.stdin is not None
        process.stdin.write(name.encode("ascii") + b"\n")
        header = output.readline().split()
        if len(header) == 2 and header[1] == b"missing":
            return None
        size = int(header[2]) if len(header) == 3 else -1
        if size < 0:
            raise ValueError("no header")
        if size > LARGEST:
            raise LargeObjectError(f"{name[:10]}: is larger than {LARGEST:,} bytes and is not read")
        content = output.read(size + 1)
        # Damaged objects can make git print less or more than it announced, up to what looks like its next answers.
        digest = hashlib.new(_HASHES[len(name)], b"%b %d\0" % (header[1], size), usedforsecurity=False)
        digest.update(content[:size])
        if len(content) <= size or digest.hexdigest() != name:
            raise ValueError("damaged")
        return content[: min(size, max_bytes + 1)]
