"""Temporary objects on top of those of a repository, which is not written to."""

import hashlib
import os
import zlib
from contextlib import ExitStack
from types import TracebackType

from codeorigin.git.process import Git
from codeorigin.git.repository import Repository
from codeorigin.git.temporary import temporary_folder


class ScratchObjects:
    """Objects in a temporary folder, which is deleted at the end of the ``with`` block.

    ``git`` runs in the repository, also sees these objects, and writes only here.
    """

    def __init__(self, repository: Repository) -> None:
        self._stack = ExitStack()
        self._format = repository.object_format
        own = self._stack.enter_context(temporary_folder())
        (own / "objects").mkdir()
        theirs = [_quoted(str(repository.path("objects").absolute()))]
        if more := os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES"):
            theirs.append(more)
        self.git: Git = repository.git.with_environment(
            GIT_OBJECT_DIRECTORY=str(own / "objects"),
            GIT_ALTERNATE_OBJECT_DIRECTORIES=os.pathsep.join(theirs),
            GIT_INDEX_FILE=str(own / "index"),
        )
        self._objects = own / "objects"

    def __enter__(self) -> "ScratchObjects":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def name(self, content: bytes, kind: str = "blob") -> str:
        """The name that git gives an object with this content."""
        return hashlib.new(self._format, self._framed(content, kind), usedforsecurity=False).hexdigest()

    def empty_tree(self) -> str:
        """Write a tree without files and return its name."""
        return self.write(b"", "tree")

    def write(self, content: bytes, kind: str = "blob") -> str:
        """Write a loose object and return its name."""
        name = self.name(content, kind)
        path = self._objects / name[:2] / name[2:]
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(zlib.compress(self._framed(content, kind), 1))
        return name

    def write_tree(self, entries: list[tuple[str, str, str]]) -> str:
        """Write a tree of (mode, object, path) entries and return its name; the objects need not exist."""
        listed = b"".join(
            f"{mode} {name}\t".encode("ascii") + os.fsencode(path) + b"\0" for mode, name, path in entries
        )
        self.git.run("update-index", "-z", "--index-info", stdin=listed)
        return self.git.line("write-tree", "--missing-ok")

    @staticmethod
    def _framed(content: bytes, kind: str) -> bytes:
        return f"{kind} {len(content)}\0".encode("ascii") + content


def _quoted(path: str) -> str:
    """A path for a list that is split at ``os.pathsep``, quoted in git's way if necessary."""
    return (
        '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if os.pathsep in path or '"' in path
        else path
    )
