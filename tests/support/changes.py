"""What git says about changes in a test repository."""

from collections.abc import Callable

from codeorigin.git.change import ChangeKind, ChangeRequest, open_change
from codeorigin.git.repository import Repository as Opened
from support.repositories import Repository

WORKING_TREE = ChangeRequest(ChangeKind.WORKING_TREE)
INDEX = ChangeRequest(ChangeKind.INDEX)
Lines = dict[str, tuple[tuple[int, int], ...]]
TEN = "".join(f"line {number}\n" for number in range(1, 11))


def everything(path: str) -> bool:
    """Every file is wanted."""
    return True


def commit(revision: str = "HEAD") -> ChangeRequest:
    """What one commit changed."""
    return ChangeRequest(ChangeKind.COMMIT, revision)


def since(base: str) -> ChangeRequest:
    """What the commits since ``base`` changed."""
    return ChangeRequest(ChangeKind.RANGE, base)


def changed(
    repository: Repository, request: ChangeRequest, wanted: Callable[[str], bool] = everything
) -> Lines:
    """The changed lines of every changed file; its content must be as long as they say."""
    with open_change(Opened.of(repository.folder), request, wanted, max_bytes=1 << 20) as change:
        found = {}
        for file in change.files:
            assert len(change.objects.content(file.blob, 1 << 20).split(b"\n")) >= file.lines[-1][1]
            found[file.path] = file.lines
        return found


def content(repository: Repository, request: ChangeRequest, path: str) -> bytes:
    """The content of one changed file."""
    with open_change(Opened.of(repository.folder), request, everything, max_bytes=1 << 20) as change:
        return next(change.objects.content(file.blob, 1 << 20) for file in change.files if file.path == path)


def edited(*numbers: int, text: str = TEN) -> str:
    """``text`` with these lines, from 1, changed."""
    lines = text.split("\n")
    for number in numbers:
        lines[number - 1] += " changed"
    return "\n".join(lines)
