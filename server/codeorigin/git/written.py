"""The files that the working tree changed since HEAD."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import RepositoryError, SourceError
from codeorigin.git.changes import ChangeKind, ChangeRequest, open_change
from codeorigin.git.line_changes import LineRange
from codeorigin.git.moved_lines import NOTHING_MOVED, MovedLines
from codeorigin.git.repository import Repository


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file after a change, the lines (1-based) that the change added or rewrote, and which of them it only moved."""

    path: str
    content: bytes
    lines: tuple[LineRange, ...]
    moved: MovedLines = NOTHING_MOVED


def working_files(
    folder: Path, wanted: Callable[[Path], bool], *, max_bytes: int, cancel: CancelToken = NEVER
) -> tuple[list[tuple[Path, WrittenFile]], bool]:
    """The files below ``folder`` that differ between HEAD and the working tree, with their paths on disk.

    And whether it can be told which lines were moved.

    Args:
        folder: a folder in a working tree.
        wanted: whether to include the file at this path on disk.
        max_bytes: larger files are left out, and so are those that cannot be read.

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
            on_disk = place(file.path)
            try:
                content = change.read(file, max_bytes)
            except SourceError:
                continue
            if on_disk is not None and len(content) <= max_bytes:
                found.append((on_disk, WrittenFile(file.path, content, file.lines, file.moved)))
        return found, change.tells_moves
