"""Changed files and lines, on real repositories."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from codeorigin.errors import RepositoryError
from codeorigin.git.changes import ChangeKind, ChangeRequest, open_change
from codeorigin.git.repository import Repository as Opened
from support.repositories import Repository

WORKING_TREE = ChangeRequest(ChangeKind.WORKING_TREE)
INDEX = ChangeRequest(ChangeKind.INDEX)
Lines = dict[str, tuple[tuple[int, int], ...]]
TEN = "".join(f"line {number}\n" for number in range(1, 11))


def everything(path: str) -> bool:
    return True


def commit(revision: str = "HEAD") -> ChangeRequest:
    return ChangeRequest(ChangeKind.COMMIT, revision)


def since(base: str) -> ChangeRequest:
    return ChangeRequest(ChangeKind.RANGE, base)


def changed(
    repository: Repository, request: ChangeRequest, wanted: Callable[[str], bool] = everything
) -> Lines:
    """The lines of every changed file; what is read must be as long as the lines say."""
    with open_change(Opened.of(repository.folder), request, wanted, max_bytes=1 << 20) as change:
        found = {}
        for file in change.files:
            assert len(change.read(file, 1 << 20).split(b"\n")) >= file.lines[-1][1]
            found[file.path] = file.lines
        return found


def content(repository: Repository, request: ChangeRequest, path: str) -> bytes:
    with open_change(Opened.of(repository.folder), request, everything, max_bytes=1 << 20) as change:
        return next(change.read(file, 1 << 20) for file in change.files if file.path == path)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": TEN, "sub/b.py": TEN}, date="2020-01-01")
    return made


def edited(*numbers: int, text: str = TEN) -> str:
    lines = text.split("\n")
    for number in numbers:
        lines[number - 1] += " changed"
    return "\n".join(lines)


def test_lines_of_the_working_tree_against_head(repository: Repository) -> None:
    assert changed(repository, WORKING_TREE) == {}
    repository.write("a.py", edited(2, 3, 9))
    repository.write("new.py", "one\ntwo\n")
    assert changed(repository, WORKING_TREE) == {"a.py": ((2, 3), (9, 9)), "new.py": ((1, 2),)}
    repository.git("add", "a.py", "new.py")
    repository.write("a.py", edited(2, 3, 5, 9))
    assert changed(repository, WORKING_TREE) == {"a.py": ((2, 3), (5, 5), (9, 9)), "new.py": ((1, 2),)}


def test_the_index_is_not_the_working_tree(repository: Repository) -> None:
    repository.write("a.py", edited(2))
    assert changed(repository, INDEX) == {}
    repository.git("add", "a.py")
    repository.write("a.py", edited(2, 8))
    assert changed(repository, INDEX) == {"a.py": ((2, 2),)}
    assert content(repository, INDEX, "a.py") == edited(2).encode()
    assert content(repository, WORKING_TREE, "a.py") == edited(2, 8).encode()


def test_a_private_index_of_a_hook_is_the_index(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_ignored_and_unwanted_files_are_no_change(repository: Repository) -> None:
    repository.write(".gitignore", "*.log\n/build/\n")
    for name in ("x.log", "build/y.py", "z.txt", "z.py"):
        repository.write(name, "text\n")
    assert set(changed(repository, WORKING_TREE)) == {".gitignore", "z.txt", "z.py"}
    assert set(changed(repository, WORKING_TREE, lambda path: path.endswith(".py"))) == {"z.py"}


def test_only_lines_that_are_there_count(repository: Repository) -> None:
    repository.write("a.py", TEN.replace("line 5\n", ""))
    repository.git("rm", "-q", "sub/b.py")
    assert changed(repository, WORKING_TREE) == {}
    repository.git("commit", "-qam", "less")
    assert changed(repository, commit()) == {}


def test_renames_are_followed_and_modes_are_nothing(repository: Repository) -> None:
    repository.git("mv", "a.py", "renamed.py")
    (repository.folder / "sub/b.py").chmod(0o755)
    assert changed(repository, WORKING_TREE) == {}
    repository.write("renamed.py", edited(7))
    assert changed(repository, WORKING_TREE) == {"renamed.py": ((7, 7),)}
    repository.git("add", "-A")
    assert changed(repository, INDEX) == {"renamed.py": ((7, 7),)}
    repository.git("commit", "-qm", "renamed")
    assert changed(repository, commit()) == {"renamed.py": ((7, 7),)}


def test_a_branch_is_compared_with_where_it_parted(repository: Repository) -> None:
    repository.git("checkout", "-qb", "work")
    repository.commit({"a.py": edited(1)}, date="2020-01-02")
    repository.git("checkout", "-q", "main")
    repository.commit({"sub/b.py": edited(1)}, date="2020-01-03")
    repository.git("checkout", "-q", "work")
    assert changed(repository, since("main")) == {"a.py": ((1, 1),)}
    repository.write("a.py", edited(1, 10))
    assert changed(repository, since("main")) == {"a.py": ((1, 1),)}
    assert changed(repository, since("HEAD")) == {}


def test_a_merge_is_compared_with_its_first_parent(repository: Repository) -> None:
    repository.git("checkout", "-qb", "work")
    repository.commit({"a.py": edited(1)}, date="2020-01-02")
    repository.git("checkout", "-q", "main")
    repository.commit({"sub/b.py": edited(1)}, date="2020-01-03")
    repository.git("merge", "-q", "--no-edit", "work")
    with open_change(Opened.of(repository.folder), commit(), everything, max_bytes=1000) as change:
        assert (change.parents, [file.path for file in change.files]) == (2, ["a.py"])
        assert change.old == repository.git("rev-parse", "HEAD^1")


def test_an_open_merge_has_a_working_tree_but_no_index(repository: Repository) -> None:
    repository.git("checkout", "-qb", "work")
    repository.commit({"a.py": edited(1)}, date="2020-01-02")
    repository.git("checkout", "-q", "main")
    repository.commit({"a.py": edited(1, 2)}, date="2020-01-03")
    with pytest.raises(Exception, match="non-zero"):
        repository.git("merge", "-q", "work")
    with pytest.raises(RepositoryError, match=r"^a\.py: in conflict; settle the merge"):
        changed(repository, INDEX)
    assert set(changed(repository, WORKING_TREE)) == {"a.py"}


def test_the_first_commit_and_none_at_all(tmp_path: Path) -> None:
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


def test_an_empty_commit_and_a_detached_head(repository: Repository) -> None:
    repository.git("commit", "-q", "--allow-empty", "-m", "nothing")
    assert changed(repository, commit()) == {}
    repository.git("checkout", "-q", "--detach", "HEAD~1")
    repository.write("a.py", edited(6))
    assert changed(repository, WORKING_TREE) == {"a.py": ((6, 6),)}
    assert changed(repository, commit()) == {"a.py": ((1, 10),), "sub/b.py": ((1, 10),)}


def test_a_shallow_clone_says_what_it_lacks(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.py": edited(1)}, date="2020-01-02")
    repository.commit({"a.py": edited(1, 2)}, date="2020-01-03")
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.folder}", str(tmp_path / "shallow"))
    shallow = object.__new__(Repository)
    shallow.folder = tmp_path / "shallow"
    assert changed(shallow, commit()) == {"a.py": ((2, 2),)}
    with pytest.raises(RepositoryError, match="does not hold the commit before it; fetch more"):
        changed(shallow, commit("HEAD^"))
    with pytest.raises(
        RepositoryError, match="no such commit, branch or tag here; in a shallow clone, fetch"
    ):
        changed(shallow, commit("HEAD~3"))


def test_line_ends_that_git_makes_are_no_change(repository: Repository) -> None:
    repository.git("config", "core.autocrlf", "true")
    repository.write("a.py", TEN.replace("\n", "\r\n"))
    assert changed(repository, WORKING_TREE) == {}
    windows = edited(4).replace("\n", "\r\n")
    repository.write("a.py", windows)
    assert changed(repository, WORKING_TREE) == {"a.py": ((4, 4),)}
    assert content(repository, WORKING_TREE, "a.py") == windows.encode()


def test_files_that_are_stored_with_carriage_returns_keep_them(repository: Repository) -> None:
    windows = TEN.replace("\n", "\r\n")
    repository.commit({"a.py": windows}, date="2020-01-02")
    assert changed(repository, WORKING_TREE) == {}
    repository.write("a.py", windows.replace("line 3", "3"))
    assert changed(repository, WORKING_TREE) == {"a.py": ((3, 3),)}


def test_worktrees_and_folders_of_a_repository(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side/sub/b.py").write_text(edited(5))
    for folder in (tmp_path / "side", tmp_path / "side/sub"):
        with open_change(Opened.of(folder), WORKING_TREE, everything, max_bytes=1000) as change:
            assert [(file.path, file.lines) for file in change.files] == [("sub/b.py", ((5, 5),))]
    assert changed(repository, WORKING_TREE) == {}


def test_submodules_are_not_entered(repository: Repository, tmp_path: Path) -> None:
    inner = Repository(tmp_path / "inner")
    inner.commit({"c.py": TEN}, date="2020-01-01")
    repository.git("-c", "protocol.file.allow=always", "submodule", "-q", "add", str(inner.folder), "lib")
    assert set(changed(repository, WORKING_TREE)) == {".gitmodules"}
    repository.git("commit", "-qm", "with a submodule")
    repository.write("lib/c.py", edited(5))
    assert changed(repository, WORKING_TREE) == {}
    inside = object.__new__(Repository)
    inside.folder = repository.folder / "lib"
    assert changed(inside, WORKING_TREE) == {"c.py": ((5, 5),)}


def test_bare_repositories_have_commits_only(repository: Repository, tmp_path: Path) -> None:
    repository.git("clone", "-q", "--bare", str(repository.folder), str(tmp_path / "bare.git"))
    bare = object.__new__(Repository)
    bare.folder = tmp_path / "bare.git"
    assert set(changed(bare, commit("main"))) == {"a.py", "sub/b.py"}
    for request in (WORKING_TREE, INDEX):
        with pytest.raises(RepositoryError, match=r"has no working tree; name a commit$"):
            changed(bare, request)


@pytest.mark.parametrize(
    "name", ["-rf.py", "two\nlines.py", "caf\xe9.py", "tab\t.py", '"quoted".py', " .py", ":(top)x.py"]
)
def test_odd_names(repository: Repository, name: str) -> None:
    repository.write(name, "text\n")
    assert changed(repository, WORKING_TREE) == {name: ((1, 1),)}
    repository.git("add", "--all")
    assert changed(repository, INDEX) == {name: ((1, 1),)}
    repository.git("commit", "-qm", "odd")
    repository.write(name, "text\nmore\n")
    assert changed(repository, WORKING_TREE) == {name: ((2, 2),)}
    assert changed(repository, commit()) == {name: ((1, 1),)}


def test_names_that_are_not_utf8(repository: Repository) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (repository.folder / name).write_text("text\n")
    repository.git("add", "--all")
    assert changed(repository, INDEX) == {name: ((1, 1),)}


@pytest.mark.parametrize(
    "text", ["index 1111..2222 100644", "@@ -1 +5,50 @@", "diff --git a/x b/x", "\\ No newline"]
)
def test_content_that_looks_like_a_patch(repository: Repository, text: str) -> None:
    repository.write("a.py", f"{text}\n{TEN}{text}")
    assert changed(repository, WORKING_TREE) == {"a.py": ((1, 1), (12, 12))}


def test_a_file_that_git_takes_for_binary_is_still_read(repository: Repository) -> None:
    repository.write(".gitattributes", "*.py binary -diff\n")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "hidden")
    repository.write("a.py", edited(2))
    assert changed(repository, WORKING_TREE) == {"a.py": ((2, 2),)}


def test_files_behind_links_are_not_read(repository: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.py").write_text("secret\n")
    shutil.rmtree(repository.folder / "sub")
    (repository.folder / "sub").symlink_to(outside)
    (repository.folder / "a.py").unlink()
    (repository.folder / "a.py").symlink_to(outside / "b.py")
    (repository.folder / "new.py").symlink_to(outside / "b.py")
    assert changed(repository, WORKING_TREE) == {}


def test_a_change_of_the_same_size_and_time_as_the_index_is_seen(repository: Repository) -> None:
    path = repository.folder / "a.py"
    stamp = (repository.folder / ".git/index").stat().st_mtime_ns
    os.utime(path, ns=(stamp, stamp))
    repository.git("add", "a.py")
    repository.git("update-index", "--refresh")
    stamp = path.stat().st_mtime_ns
    path.write_text(TEN.replace("line 1\n", "LINE 1\n"))
    os.utime(path, ns=(stamp, stamp))
    os.utime(repository.folder / ".git/index", ns=(stamp, stamp))
    assert changed(repository, WORKING_TREE) == {"a.py": ((1, 1),)}


def test_the_same_content_at_two_paths(repository: Repository) -> None:
    for name in ("a.py", "sub/b.py"):
        repository.write(name, edited(3, 6))
    assert changed(repository, WORKING_TREE) == {"a.py": ((3, 3), (6, 6)), "sub/b.py": ((3, 3), (6, 6))}


def test_outside_of_repositories(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match=r"is not in a git repository$"):
        Opened.of(tmp_path)


@pytest.mark.parametrize(
    "revision", ["nowhere", "-x", "--output=/tmp/x", "a\nb", "HEAD:a.py", "", "HEAD --all"]
)
def test_revisions_that_are_none(repository: Repository, revision: str) -> None:
    with pytest.raises(RepositoryError):
        changed(repository, commit(revision))


def test_unrelated_histories_have_no_change(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "other")
    repository.git("commit", "-qm", "unrelated")
    with pytest.raises(RepositoryError, match=r"have no commit in common here$"):
        changed(repository, since("main"))


def test_sha256_repositories(tmp_path: Path) -> None:
    made = Repository(tmp_path / "work", "--object-format=sha256")
    made.commit({"a.py": TEN}, date="2020-01-01")
    made.write("a.py", edited(2))
    assert changed(made, WORKING_TREE) == {"a.py": ((2, 2),)}
    assert changed(made, commit()) == {"a.py": ((1, 10),)}


def test_the_repository_stays_as_it_is(repository: Repository) -> None:
    repository.write("a.py", edited(2))
    repository.write("new.py", TEN)

    def files() -> dict[str, bytes]:
        found = (path for path in repository.folder.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in found}

    before = files()
    for request in (WORKING_TREE, INDEX, commit(), since("main")):
        changed(repository, request)
    assert files() == before
