"""Changes in the working tree, in the index, from a base to HEAD, or in one commit."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from codeorigin.core.errors import RepositoryError
from codeorigin.git.diff import ChangedFile, compared
from codeorigin.git.objects import LargeObjectError, Objects
from codeorigin.git.repository import Repository
from codeorigin.git.scratch_objects import ScratchObjects
from codeorigin.git.working_tree import index_tree, working_tree


class ChangeKind(StrEnum):
    """The kind of a change."""

    WORKING_TREE = "working_tree"
    INDEX = "index"
    RANGE = "range"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """Which change to read. ``revision`` is the commit, or a range's base, ``A..B`` or ``A...B``.

    For the working tree and the index it is the commit of HEAD, if that is known.
    """

    kind: ChangeKind
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A change and its files, whose contents are among ``objects``.

    ``old`` is the commit before the change, or None if there is none. ``new`` is the commit after it, or None for the
    working tree and the index. ``parents`` is the number of parents if the change is one commit, else 0.
    ``tells_moves`` is False if the change is too large to tell which lines it moved.
    """

    old: str | None
    new: str | None
    parents: int
    files: list[ChangedFile]
    tells_moves: bool
    objects: Objects


@contextmanager
def open_change(
    repository: Repository, request: ChangeRequest, wanted: Callable[[str], bool], *, max_bytes: int
) -> Iterator[Change]:
    """Open the requested change; it can be read inside the ``with`` block.

    Args:
        repository: the repository to read.
        request: which change. A merge is compared with its first parent.
        wanted: whether to include the file with this path (relative to the top, with ``/``).
        max_bytes: read at most ``max_bytes + 1`` bytes of a file in the working tree.

    Raises:
        RepositoryError: there is no such change, or git fails.
    """
    with ScratchObjects(repository) as scratch, Objects(scratch.git) as objects:
        as_on_disk: dict[str, str] = {}
        parents = 0
        new: str | None = None
        if request.kind in {ChangeKind.WORKING_TREE, ChangeKind.INDEX}:
            if repository.root is None:
                raise RepositoryError(f"{repository.folder}: has no working tree; name a commit")
            old = request.revision or repository.head()
            if request.kind is ChangeKind.INDEX:
                tree = index_tree(repository, scratch)
            else:
                files_now = working_tree(repository, scratch, objects, wanted, max_bytes)
                tree, as_on_disk = files_now.tree, files_now.as_on_disk
        elif request.kind is ChangeKind.RANGE:
            start, dots, end = request.revision.partition("..")
            base = repository.resolve(start or "HEAD")
            new = repository.resolve(end.removeprefix(".") or "HEAD")
            tree = repository.tree(new)
            # As in `git diff`: A..B starts from A itself, A...B and A alone from where they branched off.
            is_from_base = bool(dots) and not end.startswith(".")
            old = base if is_from_base else repository.merge_base(base, new)
        else:
            new = repository.resolve(request.revision)
            tree, above = repository.tree(new), repository.parents(new)
            old, parents = next(iter(above), None), len(above)
            if new in repository.boundary():
                raise RepositoryError(
                    f"{new[:10]}: this clone does not hold the commit before it; fetch more of the history "
                    "(git fetch --deepen 1)"
                )
        ((_, found),) = compared(scratch.git, objects, [scratch.commit(tree, old)], wanted)
        files = [replace(file, blob=as_on_disk.get(file.path, file.blob)) for file in found.files]
        yield Change(old, new, parents, files, found.tells_moves, objects)


def relative_to_folder(repository: Repository, path: str) -> str:
    """A path in the repository, relative to the current folder; unchanged if there is no working tree."""
    if repository.root is None:
        return path
    return os.path.relpath(os.path.realpath(repository.root) + os.sep + path)


def working_files(
    repository: Repository,
    folder: Path,
    wanted: Callable[[Path], bool],
    *,
    head: str | None,
    max_bytes: int,
) -> tuple[list[tuple[Path, ChangedFile, bytes]], bool]:
    """The files below ``folder`` that differ between HEAD and the working tree, each with its path on disk and content.

    And whether it can be told which lines were moved.

    Args:
        repository: that of the folder.
        folder: a folder in its working tree.
        wanted: whether to include the file at this path on disk.
        head: the commit of HEAD, if it is known.
        max_bytes: larger files are left out, and so are those that cannot be read.

    Raises:
        RepositoryError: there is no working tree, or git fails.
    """
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
    request = ChangeRequest(ChangeKind.WORKING_TREE, head or "")
    with open_change(repository, request, is_wanted, max_bytes=max_bytes) as change:
        for file in change.files:
            on_disk = place(file.path)
            try:
                content = change.objects.content(file.blob, max_bytes)
            except LargeObjectError:
                continue
            if on_disk is not None and len(content) <= max_bytes:
                found.append((on_disk, file, content))
        return found, change.tells_moves
