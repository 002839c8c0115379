"""A temporary repository on top of the objects of another, which is not written to."""

import hashlib
import os
import tempfile
import zlib
from contextlib import ExitStack
from pathlib import Path

from codeorigin.core.termination import undone_at_termination
from codeorigin.git.process import Git, temporary_errors
from codeorigin.git.repository import Repository


class ScratchObjects:
    """A bare repository in a temporary folder, which is deleted at the end of the ``with`` block.

    ``git`` runs there and sees the other repository's objects, but not its configuration, attributes, index, working
    tree and references, so none of them can change what it does. It writes only there.

    Raises:
        RepositoryError: the temporary folder cannot be written.
    """

    def __init__(self, repository: Repository) -> None:
        self._stack = ExitStack()
        self._format = repository.object_format
        theirs = [_quoted(str(repository.objects.absolute()))]
        if more := os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES"):
            theirs.append(more)
        with temporary_errors():
            temporary = tempfile.TemporaryDirectory(prefix="codeorigin-", ignore_cleanup_errors=True)
            scratch = Path(self._stack.enter_context(temporary))
            self._stack.enter_context(undone_at_termination(temporary.cleanup))
            self._objects = scratch / "objects"
            for folder in (self._objects, scratch / "refs"):
                folder.mkdir()
            (scratch / "HEAD").write_text("ref: refs/heads/none\n", "ascii")
            version, extension = (
                ("0", "")
                if self._format == "sha1"
                else ("1", f"[extensions]\nobjectFormat = {self._format}\n")
            )
            settings = f"[core]\nrepositoryFormatVersion = {version}\nbare = true\n{extension}"
            (scratch / "config").write_text(settings, "ascii")
            if cut := repository.boundary():
                (scratch / "shallow").write_text("".join(f"{name}\n" for name in sorted(cut)), "ascii")
        others = ("GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY")
        alternates = os.pathsep.join(theirs)
        self.git: Git = Git(
            scratch,
            {
                **dict.fromkeys(others),
                "GIT_DIR": str(scratch),
                "GIT_ALTERNATE_OBJECT_DIRECTORIES": alternates,
            },
            repository.git.cancel,
        )

    def __enter__(self) -> "ScratchObjects":
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def name(self, content: bytes, kind: str = "blob") -> str:
        """The name that git gives an object with this content."""
        return hashlib.new(self._format, self._framed(content, kind), usedforsecurity=False).hexdigest()

    def write(self, content: bytes, kind: str = "blob") -> str:
        """Write a loose object and return its name."""
        name = self.name(content, kind)
        path = self._objects / name[:2] / name[2:]
        if not path.exists():
            with temporary_errors():
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

    def commit(self, tree: str, parent: str | None) -> str:
        """Write a commit of ``tree`` on top of ``parent`` and return its name: git then tells what it changed."""
        nobody = "- <-> 0 +0000"
        top = f"tree {tree}\n" + ("" if parent is None else f"parent {parent}\n")
        return self.write(f"{top}author {nobody}\ncommitter {nobody}\n\n-\n".encode("ascii"), "commit")

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
