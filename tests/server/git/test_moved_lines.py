"""Which lines of a change are moved, and which functions, by the rule and in real repositories."""

import pytest

from codeorigin.git import moved_lines, working_tree
from codeorigin.git.change import ChangeRequest, open_change
from codeorigin.git.moved_lines import LinesOfChange, MovedLines
from codeorigin.git.repository import Repository as Opened
from support.changes import INDEX, WORKING_TREE, commit, everything, since
from support.repositories import Repository

AREA = "def area(shape):\n    width, height = shape\n    return width * height\n"
LARGER = AREA + "".join(f"NUMBER_{number} = {number}\n" for number in range(20))
"""Too much else for git to take it for the renamed file of :data:`AREA`."""
LABEL = "def label(item):\n    text = str(item)\n    return text.strip()\n"


def moved(removed: str, *added: str) -> list[list[int]]:
    """The moved lines of files with these added lines, in a change that removes these."""
    lines = LinesOfChange()
    lines.next_file()
    for line in removed.encode().split(b"\n"):
        lines.remove(line)
    for text in added:
        lines.next_file()
        for number, line in enumerate(text.encode().split(b"\n"), 1):
            lines.add(number, line)
    return [list(found.moved) for found in lines.moved()[1:]]


@pytest.mark.parametrize(
    ("removed", "added", "expected"),
    [
        (AREA, [AREA], [[1, 2, 3]]),
        (AREA, [LABEL], [[]]),
        (AREA, [AREA.replace("    ", "\t\t\t").replace("\n", "\r\n")], [[1, 2, 3]]),
        (AREA, [LABEL + AREA], [[4, 5, 6]]),
        ("    return x\n} else {\n\n", ["    return x\n} else {\n\n"], [[]]),
        (AREA, [AREA, AREA], [[1, 2, 3], []]),
        (AREA + AREA, [AREA, AREA], [[1, 2, 3], [1, 2, 3]]),
        ("", [AREA], [[]]),
    ],
    ids=["same", "other", "indented", "beside", "short", "once", "twice", "nothing removed"],
)
def test_each_removed_line_stands_for_one_added_line(
    removed: str, added: list[str], expected: list[list[int]]
) -> None:
    assert moved(removed, *added) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"), [(1, 4, True), (1, 6, False), (4, 6, False), (7, 9, False), (1, 1, True)]
)
def test_function_is_moved_if_more_than_half_of_its_added_lines_are(
    first: int, last: int, expected: bool
) -> None:
    assert MovedLines(moved=(1, 2), new=(4, 6)).holds(first, last) is expected


def found(repository: Repository, request: ChangeRequest, path: str = "new.py") -> MovedLines:
    """What a change moved to a file."""
    with open_change(Opened.of(repository.folder), request, path.__eq__, max_bytes=1000) as change:
        assert change.tells_moves
        return next(file.moved for file in change.files if file.path == path)


def test_lines_come_from_every_file_of_a_change_of_every_kind(repository: Repository) -> None:
    repository.commit({"a.py": LABEL, "notes.txt": "About.\n" + AREA}, date="2020-01-02")
    repository.write("notes.txt", "About.\n")
    (repository.folder / "a.py").unlink()
    repository.write("new.py", "NUMBER = 12345\n" + AREA + LABEL)
    expected = [2, 3, 4, 5, 6, 7]
    assert list(found(repository, WORKING_TREE).moved) == expected
    repository.git("add", "-A")
    assert list(found(repository, INDEX).moved) == expected
    repository.git("commit", "-qm", "moved")
    assert list(found(repository, commit()).moved) == expected
    assert list(found(repository, since("HEAD^")).moved) == expected
    assert list(found(repository, commit()).new) == [1]


def test_files_with_the_same_change_share_what_was_removed(repository: Repository) -> None:
    repository.commit({"old.py": AREA}, date="2020-01-02")
    repository.git("rm", "-q", "old.py")
    repository.commit({"new.py": LARGER, "z.py": LARGER}, date="2020-01-03")
    assert [bool(found(repository, commit(), name).moved) for name in ("new.py", "z.py")] == [True, False]


def test_file_that_a_sparse_checkout_leaves_out_removes_nothing(repository: Repository) -> None:
    repository.commit({"left/old.py": AREA}, date="2020-01-02")
    repository.git("sparse-checkout", "set", "--no-cone", "/*", "!/left")
    repository.write("new.py", AREA)
    assert not found(repository, WORKING_TREE).moved


def test_large_files_that_are_not_judged_are_not_read(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"old.txt": AREA + LABEL}, date="2020-01-02")
    repository.write("old.txt", LABEL)
    repository.write("new.py", AREA)
    assert found(repository, WORKING_TREE).moved
    monkeypatch.setattr(working_tree, "MAX_OTHERS", len(LABEL) - 1)
    assert not found(repository, WORKING_TREE).moved


def test_nothing_is_moved_in_a_change_that_is_too_large(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"old.py": AREA}, date="2020-01-02")
    repository.git("rm", "-q", "old.py")
    repository.commit({"new.py": LARGER}, date="2020-01-03")
    monkeypatch.setattr(moved_lines, "MAX_BYTES", 60)
    told = []
    for revision in ("HEAD", "HEAD^"):
        with open_change(
            Opened.of(repository.folder), commit(revision), everything, max_bytes=1000
        ) as change:
            told.append((change.tells_moves, any(file.moved.moved for file in change.files)))
    # Where nothing is removed, nothing can have been moved, however large the change.
    assert told == [(False, False), (True, False)]
