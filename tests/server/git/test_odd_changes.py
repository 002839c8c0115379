"""Changes in unusual repositories and of unusual files."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from codeorigin.core.errors import RepositoryError
from codeorigin.git.change import ChangeKind, ChangeRequest, open_change
from codeorigin.git.diff import ChangedFile, commit_changes
from codeorigin.git.repository import Repository as Opened
from support.changes import INDEX, TEN, WORKING_TREE, changed, commit, content, edited, everything, since
from support.repositories import Repository, plain_functions


def test_shallow_clone_says_what_is_missing(repository: Repository, tmp_path: Path) -> None:
    repository.commit({"a.py": edited(1)}, date="2020-01-02")
    repository.commit({"a.py": edited(1, 2)}, date="2020-01-03")
    repository.git("clone", "-q", "--depth", "2", f"file://{repository.folder}", str(tmp_path / "shallow"))
    shallow = Repository.at(tmp_path / "shallow")
    assert changed(shallow, commit()) == {"a.py": ((2, 2),)}
    with pytest.raises(RepositoryError, match="does not hold the commit before it; fetch more"):
        changed(shallow, commit("HEAD^"))
    with pytest.raises(
        RepositoryError, match="no such commit, branch or tag here; in a shallow clone, fetch"
    ):
        changed(shallow, commit("HEAD~3"))


def test_line_endings_converted_by_git_are_no_change(repository: Repository) -> None:
    repository.git("config", "core.autocrlf", "true")
    repository.write("a.py", TEN.replace("\n", "\r\n"))
    assert changed(repository, WORKING_TREE) == {}
    windows = edited(4).replace("\n", "\r\n")
    repository.write("a.py", windows)
    assert changed(repository, WORKING_TREE) == {"a.py": ((4, 4),)}
    assert content(repository, WORKING_TREE, "a.py") == windows.encode()


def test_committed_carriage_returns_are_kept(repository: Repository) -> None:
    windows = TEN.replace("\n", "\r\n")
    repository.commit({"a.py": windows}, date="2020-01-02")
    assert changed(repository, WORKING_TREE) == {}
    repository.write("a.py", windows.replace("line 3", "3"))
    assert changed(repository, WORKING_TREE) == {"a.py": ((3, 3),)}


def test_changes_in_worktrees_and_subfolders_are_found(repository: Repository, tmp_path: Path) -> None:
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
    inside = Repository.at(repository.folder / "lib")
    assert changed(inside, WORKING_TREE) == {"c.py": ((5, 5),)}


def test_bare_repositories_have_commits_only(repository: Repository, tmp_path: Path) -> None:
    repository.git("clone", "-q", "--bare", str(repository.folder), str(tmp_path / "bare.git"))
    bare = Repository.at(tmp_path / "bare.git")
    assert set(changed(bare, commit("main"))) == {"a.py", "sub/b.py"}
    for request in (WORKING_TREE, INDEX):
        with pytest.raises(RepositoryError, match=r"has no working tree; name a commit$"):
            changed(bare, request)


@pytest.mark.parametrize(
    "name", ["-rf.py", "two\nlines.py", "caf\xe9.py", "tab\t.py", '"quoted".py', " .py", ":(top)x.py"]
)
def test_odd_file_names_are_kept(repository: Repository, name: str) -> None:
    repository.write(name, "text\n")
    assert changed(repository, WORKING_TREE) == {name: ((1, 1),)}
    repository.git("add", "--all")
    assert changed(repository, INDEX) == {name: ((1, 1),)}
    repository.git("commit", "-qm", "odd")
    repository.write(name, "text\nmore\n")
    assert changed(repository, WORKING_TREE) == {name: ((2, 2),)}
    assert changed(repository, commit()) == {name: ((1, 1),)}


def test_non_utf8_file_names_are_kept(repository: Repository) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    (repository.folder / name).write_text("text\n")
    repository.git("add", "--all")
    assert changed(repository, INDEX) == {name: ((1, 1),)}


@pytest.mark.parametrize(
    "text",
    [
        "index 1111..2222 100644",
        "@@ -1 +5,50 @@",
        "diff --git a/x b/x",
        "\\ No newline",
        f":100644 100644 {'a' * 40}",
        "0" * 40,
    ],
)
def test_content_that_looks_like_a_patch_is_not_misread(repository: Repository, text: str) -> None:
    repository.write("a.py", f"{text}\n{TEN}{text}")
    assert changed(repository, WORKING_TREE) == {"a.py": ((1, 1), (12, 12))}


def test_file_that_git_takes_for_binary_is_still_read(repository: Repository) -> None:
    repository.write(".gitattributes", "*.py binary -diff\n")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "hidden")
    repository.write("a.py", edited(2))
    assert changed(repository, WORKING_TREE) == {"a.py": ((2, 2),)}


def test_files_behind_symlinks_are_not_read(repository: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "b.py").write_text("secret\n")
    shutil.rmtree(repository.folder / "sub")
    (repository.folder / "sub").symlink_to(outside)
    (repository.folder / "a.py").unlink()
    (repository.folder / "a.py").symlink_to(outside / "b.py")
    (repository.folder / "new.py").symlink_to(outside / "b.py")
    assert changed(repository, WORKING_TREE) == {}


def test_change_with_the_same_size_and_time_as_the_index_is_found(repository: Repository) -> None:
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


def test_unrelated_histories_cannot_be_compared(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "other")
    repository.git("commit", "-qm", "unrelated")
    with pytest.raises(RepositoryError, match=r"have no commit in common here$"):
        changed(repository, since("main"))


def test_sha256_repositories_are_supported(tmp_path: Path) -> None:
    made = Repository(tmp_path / "work", "--object-format=sha256")
    made.commit({"a.py": TEN}, date="2020-01-01")
    made.write("a.py", edited(2))
    assert changed(made, WORKING_TREE) == {"a.py": ((2, 2),)}
    assert changed(made, commit()) == {"a.py": ((1, 10),)}


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
