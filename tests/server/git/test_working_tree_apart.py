"""The working tree says nothing about a commit, whatever the index and the configuration claim."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from codeorigin.git.change import ChangeKind, ChangeRequest, open_change
from codeorigin.git.diff import ChangedFile, commit_changes
from codeorigin.git.repository import Repository as Opened
from support.repositories import Repository, plain_functions

OLD, NEW = plain_functions("one", "two"), plain_functions("one", "two").replace("limit + 1", "limit + 2", 1)


def from_history(opened: Opened) -> list[ChangedFile]:
    head = opened.resolve("HEAD")
    return dict(commit_changes(opened, [head], lambda path: True))[head].files


def from_change(kind: ChangeKind, revision: str) -> Callable[[Opened], list[ChangedFile]]:
    def files(opened: Opened) -> list[ChangedFile]:
        request = ChangeRequest(kind, revision)
        with open_change(opened, request, lambda path: True, max_bytes=1000) as change:
            return change.files

    return files


@pytest.mark.parametrize(
    ("files", "is_committed"),
    [
        (from_history, True),
        (from_change(ChangeKind.COMMIT, "HEAD"), True),
        (from_change(ChangeKind.RANGE, "HEAD~1"), True),
        (from_change(ChangeKind.INDEX, ""), False),
    ],
    ids=["history", "--commit", "--changed BASE", "--staged"],
)
def test_file_that_looks_unchanged_is_not_read_in_place_of_the_object(
    tmp_path: Path, files: Callable[[Opened], list[ChangedFile]], is_committed: bool
) -> None:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": OLD}, date="2020-01-01")
    path = made.write("a.py", NEW)
    # Older than the index, so that git trusts the timestamp.
    os.utime(path, (1_500_000_000, 1_500_000_000))
    made.git("add", "a.py")
    if is_committed:
        made.git("commit", "-qm", "new")
    made.configure({"core.trustctime": "false", "core.checkStat": "minimal"})
    with path.open("r+b") as stream:
        stream.write(OLD.encode())
    os.utime(path, (1_500_000_000, 1_500_000_000))
    # git itself is fooled.
    assert made.git("diff", "--name-only") == ""
    (file,) = files(Opened.of(made.folder))
    assert file.lines == ((4, 4),)
