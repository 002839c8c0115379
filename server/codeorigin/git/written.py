"""The commits that last changed a file's lines, and the files that one commit changed."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import RepositoryError
from codeorigin.git.blame import line_commits
from codeorigin.git.changes import ChangeKind, ChangeRequest, open_change
from codeorigin.git.line_changes import LineRange
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository


@dataclass(frozen=True, slots=True)
class CommittedFile:
    """A file as it stands in HEAD. ``commits`` holds the commit of each of its lines, which end at ``\\n`` alone.

    ``repository`` is the folder that git keeps the repository in.
    """

    content: bytes
    commits: tuple[str, ...]
    repository: Path


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as one commit left it, and the lines, from 1, that it added or rewrote."""

    path: str
    content: bytes
    lines: tuple[LineRange, ...]


def committed_file(path: Path, max_bytes: int, cancel: CancelToken = NEVER) -> CommittedFile | None:
    """The file at ``path`` in HEAD; None if it is not there, or larger than ``max_bytes``.

    Raises:
        Cancelled: ``cancel`` was thrown, which ends git at once.
        RepositoryError: there is no repository, git does not trust it, or says no.
    """
    repository = Repository.of(path.parent, cancel)
    head = repository.head()
    if head is None or repository.root is None:
        return None
    root = repository.root.resolve()
    real = path.parent.resolve() / path.name
    if not real.is_relative_to(root):
        return None
    name = real.relative_to(root).as_posix()
    found = repository.git.run("rev-parse", "--verify", "--quiet", f"{head}:{name}", answers=(0, 1, 128))
    blob = found.decode("ascii", "replace").strip()
    if not blob:
        return None
    with Objects(repository.git) as objects:
        content = objects.read(blob, max_bytes)
    if content is None or len(content) > max_bytes:
        return None
    return CommittedFile(content, tuple(line_commits(repository.git, head, name)), repository.folder)


def written_files(
    folder: Path,
    commit: str,
    wanted: Callable[[str], bool],
    *,
    max_bytes: int,
    max_files: int,
    cancel: CancelToken = NEVER,
) -> list[WrittenFile]:
    """The files that ``commit`` changed, at most the first ``max_files`` for whose path ``wanted`` holds.

    Files larger than ``max_bytes`` are left out.

    Raises:
        Cancelled: ``cancel`` was thrown, which ends git at once.
        RepositoryError: the repository of ``folder`` does not hold the commit and the one before it.
    """
    repository = Repository.of(folder, cancel)
    request = ChangeRequest(ChangeKind.COMMIT, commit)
    found = []
    with open_change(repository, request, wanted, max_bytes=max_bytes) as change:
        if change.parents > 1:
            # The difference of a merge from its first parent was written in other commits.
            raise RepositoryError(f"{commit[:10]}: is a merge, which writes no functions")
        for file in change.files[:max_files]:
            content = change.read(file, max_bytes)
            if len(content) <= max_bytes:
                found.append(WrittenFile(file.path, content, file.lines))
    return found


def working_files(
    folder: Path, wanted: Callable[[Path], bool], *, max_bytes: int, cancel: CancelToken = NEVER
) -> list[tuple[Path, WrittenFile]]:
    """The files below ``folder`` that the working tree changed against HEAD, with where they are on disk.

    Args:
        folder: in a working tree.
        wanted: tells by its place on disk whether a file matters.
        max_bytes: larger files are left out.
        cancel: ends git at once when it is thrown.

    Raises:
        Cancelled: ``cancel`` was thrown.
        RepositoryError: there is no repository or working tree, or git says no.
    """
    repository = Repository.of(folder, cancel)
    if repository.root is None:
        raise RepositoryError(f"{folder}: has no working tree")
    root, inside = repository.root, folder.resolve()

    def place(path: str) -> Path | None:
        full = root.resolve() / path
        return folder / full.relative_to(inside) if full.is_relative_to(inside) else None

    def is_wanted(path: str) -> bool:
        on_disk = place(path)
        return on_disk is not None and wanted(on_disk)

    found = []
    request = ChangeRequest(ChangeKind.WORKING_TREE)
    with open_change(repository, request, is_wanted, max_bytes=max_bytes) as change:
        for file in change.files:
            content, on_disk = change.read(file, max_bytes), place(file.path)
            if on_disk is not None and len(content) <= max_bytes:
                found.append((on_disk, WrittenFile(file.path, content, file.lines)))
    return found
