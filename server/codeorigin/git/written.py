"""The commits that last changed a file's lines, and the files changed by a commit or in the working tree."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import RepositoryError, SourceError
from codeorigin.git.blame import line_origins
from codeorigin.git.changes import ChangeKind, ChangeRequest, open_change
from codeorigin.git.line_changes import LineRange
from codeorigin.git.objects import LargeObjectError, Objects
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects


@dataclass(frozen=True, slots=True)
class CommittedFile:
    """A file as of HEAD. ``commits`` holds the commit that last changed each line; only ``\\n`` ends a line.

    ``repository`` is the git directory.
    """

    content: bytes
    commits: tuple[str, ...]
    repository: Path


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file after a change, and the lines (1-based) that the change added or rewrote."""

    path: str
    content: bytes
    lines: tuple[LineRange, ...]


def committed_file(path: Path, max_bytes: int, cancel: CancelToken = NEVER) -> CommittedFile | None:
    """The file at ``path`` in HEAD; None if it is not there or is larger than ``max_bytes``.

    Raises:
        RepositoryError: there is no repository, git does not trust it, or git fails.
    """
    repository = Repository.of(path.parent, cancel)
    head = repository.head()
    name = repository.inside(path)
    if head is None or name is None:
        return None
    blob = repository.named(f"{head}:{name}")
    if blob is None:
        return None
    with ScratchObjects(repository) as scratch, Objects(scratch.git) as objects:
        try:
            content = objects.read(blob, max_bytes)
        except LargeObjectError:
            return None
        if content is None or len(content) > max_bytes:
            return None
        return CommittedFile(
            content,
            tuple(line_origin.commit for line_origin in line_origins(scratch.git, head, name)),
            repository.folder,
        )


def written_files(
    folder: Path,
    commit: str,
    wanted: Callable[[str], bool],
    *,
    max_bytes: int,
    max_files: int,
    cancel: CancelToken = NEVER,
) -> list[WrittenFile]:
    """The files that ``commit`` changed, at most the first ``max_files`` whose path ``wanted`` accepts.

    Files that are larger than ``max_bytes``, damaged or not in this clone are left out.

    Raises:
        RepositoryError: the commit or its parent is not in the repository of ``folder``, or it is a merge.
    """
    repository = Repository.of(folder, cancel)
    request = ChangeRequest(ChangeKind.COMMIT, commit)
    found = []
    with open_change(repository, request, wanted, max_bytes=max_bytes) as change:
        if change.parents > 1:
            # What a merge changes against its first parent was written in other commits.
            raise RepositoryError(f"{commit[:10]}: is a merge, which writes no functions")
        for file in change.files[:max_files]:
            try:
                content = change.read(file, max_bytes)
            except SourceError:
                continue
            if len(content) <= max_bytes:
                found.append(WrittenFile(file.path, content, file.lines))
    return found


def working_files(
    folder: Path, wanted: Callable[[Path], bool], *, max_bytes: int, cancel: CancelToken = NEVER
) -> list[tuple[Path, WrittenFile]]:
    """The files below ``folder`` that differ between HEAD and the working tree, with their paths on disk.

    Args:
        folder: a folder in a working tree.
        wanted: whether to include the file at this path on disk.
        max_bytes: larger files are left out.

    Raises:
        RepositoryError: there is no repository or working tree, or git fails.
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
