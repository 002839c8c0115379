"""The files that the working tree changed."""

from pathlib import Path

import pytest

from codeorigin.core.errors import RepositoryError
from codeorigin.git.change import working_files
from codeorigin.git.repository import Repository as Opened
from support.repositories import Repository

ONE = "def one():\n    return 1\n"
TWO = "def two():\n    return 2\n"


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"sub/a.py": ONE, "b.py": TWO, "c.txt": "x\n"}, date="2020-01-01")
    made.commit({"sub/a.py": ONE + "\n\n" + TWO}, date="2020-01-02")
    return made


def test_working_files_are_the_changed_ones_below_the_folder(repository: Repository) -> None:
    repository.write("b.py", f"{TWO}\n\n{ONE}")
    path = repository.write("sub/new.py", ONE)
    repository.write("sub/large.py", ONE * 100)
    repository.write("sub/huge.py", "# x\n" * 1_200_000)  # more than git's objects are read for

    def changed(folder: Path, most: int = 1000) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
        found, _ = working_files(
            Opened.of(folder), folder, lambda path: path.suffix == ".py", head=None, max_bytes=most
        )
        return [(on_disk.relative_to(folder).as_posix(), file.lines) for on_disk, file in found]

    assert changed(repository.folder) == [("b.py", ((3, 6),)), ("sub/new.py", ((1, 2),))]
    assert changed(path.parent) == [("new.py", ((1, 2),))]
    assert [name for name, _ in changed(path.parent, 10_000_000)] == ["large.py", "new.py"]
    git_folder = repository.folder / ".git"
    with pytest.raises(RepositoryError, match="has no working tree"):
        changed(git_folder)
