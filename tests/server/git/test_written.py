"""Which commit wrote what: a committed file with the commits of its lines, and the files of one commit."""

from pathlib import Path

import pytest

from codeorigin.core.errors import RepositoryError
from codeorigin.git.written import committed_file, working_files, written_files
from support.repositories import Repository

ONE = "def one():\n    return 1\n"
TWO = "def two():\n    return 2\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"sub/a.py": ONE, "b.py": TWO, "c.txt": "x\n"}, date="2020-01-01")
    made.commit({"sub/a.py": ONE + "\n\n" + TWO}, date="2020-01-02")
    return made


def test_committed_file_has_the_commit_of_each_line(repository: Repository) -> None:
    head, first = repository.git("rev-parse", "HEAD"), repository.git("rev-parse", "HEAD~1")
    path = repository.write("sub/a.py", "not saved in git\n")
    found = committed_file(path, 1000)
    assert found is not None
    assert found.content.decode() == f"{ONE}\n\n{TWO}"
    assert found.commits == (first, first, head, head, head, head)


def test_files_not_in_head_or_too_large_give_none(repository: Repository, tmp_path: Path) -> None:
    assert committed_file(repository.write("new.py", ONE), 1000) is None
    assert committed_file(repository.folder / "sub" / "a.py", 10) is None
    empty = Repository(tmp_path / "empty")
    assert committed_file(empty.write("a.py", ONE), 1000) is None
    (tmp_path / "outside").mkdir()
    with pytest.raises(RepositoryError):
        committed_file(tmp_path / "outside" / "a.py", 1000)


def test_written_files_are_those_of_the_commit(repository: Repository) -> None:
    first = repository.git("rev-parse", "HEAD~1")

    def written(commit: str, most: int = 9) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
        found = written_files(
            repository.folder, commit, lambda path: path.endswith(".py"), max_bytes=1000, max_files=most
        )
        return [(file.path, file.lines) for file in found]

    assert written(first) == [("b.py", ((1, 2),)), ("sub/a.py", ((1, 2),))]
    assert written(first, 1) == [("b.py", ((1, 2),))]
    assert written("HEAD") == [("sub/a.py", ((3, 6),))]


def test_merge_has_no_written_files(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    repository.commit({"d.py": ONE}, date="2020-01-03")
    repository.git("checkout", "--quiet", "main")
    repository.git("merge", "--quiet", "--no-edit", "side")
    with pytest.raises(RepositoryError, match="is a merge"):
        written_files(repository.folder, "HEAD", lambda _: True, max_bytes=1000, max_files=9)


def test_working_files_are_the_changed_ones_below_the_folder(repository: Repository) -> None:
    repository.write("b.py", f"{TWO}\n\n{ONE}")
    path = repository.write("sub/new.py", ONE)
    repository.write("sub/large.py", ONE * 100)

    def changed(folder: Path) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
        found = working_files(folder, lambda path: path.suffix == ".py", max_bytes=1000)
        return [(on_disk.relative_to(folder).as_posix(), file.lines) for on_disk, file in found]

    assert changed(repository.folder) == [("b.py", ((3, 6),)), ("sub/new.py", ((1, 2),))]
    assert changed(path.parent) == [("new.py", ((1, 2),))]
    with pytest.raises(RepositoryError):
        changed(repository.folder.parent)
