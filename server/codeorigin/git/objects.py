"""The content of blobs and commits, read with one long-lived ``git cat-file --batch`` (which runs no filters)."""

import subprocess
from types import TracebackType

from codeorigin.errors import RepositoryError
from codeorigin.git.process import SECONDS, Git, Watch, end

_PIECE = 1 << 16


class UnreadableObjectError(RepositoryError):
    """git exited while reading an object, which is damaged."""


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
            UnreadableObjectError: git exited before it answered; the next call starts a new process.
            RepositoryError: git cannot be started, or took too long.
            ValueError: ``name`` is not alphanumeric.
        """
        if not name.isalnum():
            raise ValueError(f"no object name: {name!r}")
        if self._process is None:
            self._process = self._git.start_with_pipes("cat-file", "--batch")
        watch = Watch(self._process, SECONDS, "cat-file", self._git.cancel)
        try:
            with watch:
                return self._ask(self._process, name, max_bytes)
        except (OSError, ValueError) as error:
            self.close()
            watch.raise_if_ended()
            raise UnreadableObjectError(
                f"{self._git.folder}: git cat-file ended before it had answered about {name[:10]}"
            ) from error

    def holds(self, name: str) -> bool:
        """Whether the object exists and can be read completely."""
        try:
            return self.read(name, 0) is not None
        except UnreadableObjectError:
            return False

    def _ask(self, process: subprocess.Popen[bytes], name: str, max_bytes: int) -> bytes | None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(name.encode("ascii") + b"\n")
        process.stdin.flush()
        header = process.stdout.readline().split()
        if len(header) == 2 and header[1] == b"missing":
            return None
        size = int(header[2]) if len(header) == 3 else -1
        if size < 0:
            raise ValueError("no header")
        kept: list[bytes] = []
        length = 0
        left = size + 1
        while left > 0:
            piece = process.stdout.read(min(left, _PIECE))
            if not piece:
                raise ValueError("cut off")
            left -= len(piece)
            if length <= max_bytes:
                kept.append(piece)
                length += len(piece)
        content = b"".join(kept)
        return content[: min(size, max_bytes + 1)]
