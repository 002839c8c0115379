"""Changed files and lines, on real repositories."""

import shutil
from pathlib import Path

import pytest

from codeorigin.core.errors import RepositoryError
from codeorigin.git.change import working_files
from codeorigin.git.repository import Repository as Opened
from support.changes import INDEX, TEN, WORKING_TREE, changed, commit, edited, since
from support.repositories import Repository


def test_working_tree_is_compared_with_head(repository: Repository) -> None:
    assert changed(repository, WORKING_TREE) == {}
    repository.write("a.py", edited(2, 3, 9))
    repository.write("new.py", "one\ntwo\n")
    assert changed(repository, WORKING_TREE) == {"a.py": ((2, 3), (9, 9)), "new.py": ((1, 2),)}
    repository.git("add", "a.py", "new.py")
    repository.write("a.py", edited(2, 3, 5, 9))
    assert changed(repository, WORKING_TREE) == {"a.py": ((2, 3), (5, 5), (9, 9)), "new.py": ((1, 2),)}


def test_private_index_of_a_hook_is_used(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    index = repository.folder / ".git" / "index"
    private = repository.folder / ".git" / "next-index"
    shutil.copy(index, private)
    repository.write("a.py", edited(4))
    repository.git("add", "a.py")
    assert changed(repository, INDEX) == {"a.py": ((4, 4),)}
    monkeypatch.chdir(repository.folder)
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert changed(repository, INDEX) == {}


def test_ignored_and_unwanted_files_are_left_out(repository: Repository) -> None:
    repository.write(".gitignore", "*.log\n/build/\n")
    for name in ("x.log", "build/y.py", "z.txt", "z.py"):
        repository.write(name, "text\n")
    assert set(changed(repository, WORKING_TREE)) == {".gitignore", "z.txt", "z.py"}
    assert set(changed(repository, WORKING_TREE, lambda path: path.endswith(".py"))) == {"z.py"}


def test_deleted_lines_and_files_do_not_count(repository: Repository) -> None:
    repository.write("a.py", TEN.replace("line 5\n", ""))
    repository.git("rm", "-q", "sub/b.py")
    assert changed(repository, WORKING_TREE) == {}
    repository.git("commit", "-qam", "less")
    assert changed(repository, commit()) == {}


def test_renames_are_followed_and_mode_changes_ignored(repository: Repository) -> None:
    repository.git("mv", "a.py", "renamed.py")
    (repository.folder / "sub/b.py").chmod(0o755)
    assert changed(repository, WORKING_TREE) == {}
    repository.write("renamed.py", edited(7))
    assert changed(repository, WORKING_TREE) == {"renamed.py": ((7, 7),)}
    repository.git("add", "-A")
    assert changed(repository, INDEX) == {"renamed.py": ((7, 7),)}
    repository.git("commit", "-qm", "renamed")
    assert changed(repository, commit()) == {"renamed.py": ((7, 7),)}


def test_unfinished_merge_has_a_working_tree_but_no_index(repository: Repository) -> None:
    repository.git("checkout", "-qb", "work")
    repository.commit({"a.py": edited(1)}, date="2020-01-02")
    repository.git("checkout", "-q", "main")
    repository.commit({"a.py": edited(1, 2)}, date="2020-01-03")
    with pytest.raises(Exception, match="non-zero"):
        repository.git("merge", "-q", "work")
    with pytest.raises(RepositoryError, match=r"^a\.py: in conflict; settle the merge"):
        changed(repository, INDEX)
    assert set(changed(repository, WORKING_TREE)) == {"a.py"}


def test_changes_without_commits_and_of_the_first_commit(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "fresh")
    assert changed(repository, WORKING_TREE) == {}
    repository.write("a.py", TEN)
    assert changed(repository, WORKING_TREE) == {"a.py": ((1, 10),)}
    assert changed(repository, INDEX) == {}
    repository.git("add", "a.py")
    assert changed(repository, INDEX) == {"a.py": ((1, 10),)}
    for request in (commit(), since("main")):
        with pytest.raises(RepositoryError, match=r"the repository has no commits yet$"):
            changed(repository, request)
    repository.git("commit", "-qm", "first")
    assert changed(repository, commit()) == {"a.py": ((1, 10),)}


def test_changes_of_an_empty_commit_and_on_a_detached_head(repository: Repository) -> None:
    repository.git("commit", "-q", "--allow-empty", "-m", "nothing")
    assert changed(repository, commit()) == {}
    repository.git("checkout", "-q", "--detach", "HEAD~1")
    repository.write("a.py", edited(6))
    assert changed(repository, WORKING_TREE) == {"a.py": ((6, 6),)}
    assert changed(repository, commit()) == {"a.py": ((1, 10),), "sub/b.py": ((1, 10),)}


def test_same_content_at_two_paths_changes_both(repository: Repository) -> None:
    for name in ("a.py", "sub/b.py"):
        repository.write(name, edited(3, 6))
    assert changed(repository, WORKING_TREE) == {"a.py": ((3, 3), (6, 6)), "sub/b.py": ((3, 3), (6, 6))}


@pytest.mark.parametrize(
    "revision", ["nowhere", "-x", "--output=/tmp/x", "a\nb", "HEAD:a.py", "", "HEAD --all"]
)
def test_invalid_revisions_are_errors(repository: Repository, revision: str) -> None:
    with pytest.raises(RepositoryError):
        changed(repository, commit(revision))


def test_working_files_are_the_changed_ones_below_the_folder(repository: Repository) -> None:
    repository.write("a.py", edited(3, 4))
    path = repository.write("sub/new.py", TEN)
    repository.write("sub/large.py", TEN * 100)
    repository.write("sub/huge.py", "# x\n" * 1_200_000)  # more than git's objects are read for

    def changed(folder: Path, most: int = 1000) -> list[tuple[str, tuple[tuple[int, int], ...]]]:
        found, _ = working_files(
            Opened.of(folder), folder, lambda path: path.suffix == ".py", head=None, max_bytes=most
        )
        return [(on_disk.relative_to(folder).as_posix(), file.lines) for on_disk, file, _ in found]

    assert changed(repository.folder) == [("a.py", ((3, 4),)), ("sub/new.py", ((1, 10),))]
    assert changed(path.parent) == [("new.py", ((1, 10),))]
    assert [name for name, _ in changed(path.parent, 10_000_000)] == ["large.py", "new.py"]
    git_folder = repository.folder / ".git"
    with pytest.raises(RepositoryError, match="has no working tree"):
        changed(git_folder)
