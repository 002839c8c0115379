"""Repositories that keep git waiting, or make it unpack far more than they hold."""

import os
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from codeorigin.analysis.git_sources import blob_source
from codeorigin.core.errors import RepositoryError, SourceError
from codeorigin.git import diff, objects, watch
from codeorigin.git.change import open_change
from codeorigin.git.diff import ALL_LINES, commit_changes
from codeorigin.git.process import FailedCommandError, Git
from codeorigin.git.repository import Repository as Opened
from support.changes import commit
from support.repositories import Repository, plain_functions


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PATIENCE", 0.5)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": plain_functions("one"), "b.py": plain_functions("two")}, date="2020-01-01")
    made.commit(
        {"a.py": plain_functions("one", "new"), "b.py": plain_functions("two", "new")}, date="2020-01-02"
    )
    return made


def loose(repository: Repository, revision: str) -> Path:
    """The file of an object, which can be replaced."""
    name = repository.git("rev-parse", revision)
    path = repository.folder / ".git" / "objects" / name[:2] / name[2:]
    path.chmod(0o644)
    return path


def read(repository: Repository) -> tuple[dict[str, tuple[tuple[int, int], ...]], dict[str, str]]:
    """The lines that the last commit wrote in files that can be read, and the messages about those too large."""
    lines, errors = {}, {}
    with open_change(Opened.of(repository.folder), commit(), lambda _: True, max_bytes=1000) as change:
        for file in change.files:
            try:
                blob_source(change.objects, file.path, file.blob, 1000).read()
            except SourceError as error:
                errors[file.path] = str(error)
            else:
                lines[file.path] = file.lines
    return lines, errors


def written(repository: Repository) -> list[list[str]]:
    """The changed files of every commit, newest first."""
    opened = Opened.of(repository.folder)
    commits = [commit.id for commit in opened.log(opened.resolve("HEAD"))]
    return [
        [file.path for file in found.files] for _, found in commit_changes(opened, commits, lambda _: True)
    ]


@pytest.mark.parametrize("claimed", [30_000_000_000, 20_000_000])
def test_blob_that_claims_to_be_large_is_one_unreadable_file(repository: Repository, claimed: int) -> None:
    content = plain_functions("two", "new").encode()
    loose(repository, "HEAD:b.py").write_bytes(zlib.compress(b"blob %d\0" % claimed + content))
    lines, errors = read(repository)
    assert lines == {"a.py": ((7, 14),)}
    assert errors == {"b.py": "b.py: is larger than 1,000 bytes"}
    assert written(repository) == [["a.py", "b.py"], ["a.py", "b.py"]]


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-8])


def of_false_length(path: Path) -> None:
    path.write_bytes(zlib.compress(b"blob 3\0" + plain_functions("two", "new").encode()))


@pytest.mark.parametrize(
    ("revision", "spoil"),
    [
        ("HEAD:b.py", Path.unlink),
        ("HEAD:b.py", damaged),
        ("HEAD:b.py", of_false_length),
        ("HEAD:b.py", pipe),
        ("HEAD^:b.py", Path.unlink),
        ("HEAD^{tree}", Path.unlink),
        ("HEAD^{tree}", pipe),
        ("HEAD^", Path.unlink),
    ],
)
@pytest.mark.parametrize("reads", [read, written])
def test_what_cannot_be_read_is_one_line(
    repository: Repository,
    revision: str,
    spoil: Callable[[Path], None],
    reads: Callable[[Repository], object],
) -> None:
    spoil(loose(repository, revision))
    with pytest.raises(RepositoryError, match=r"^[^\n]+$") as raised:
        reads(repository)
    assert "codeorigin-" not in str(raised.value), "a temporary folder means nothing to anybody"


def test_large_blob_is_never_unpacked(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit(
        {"a.py": plain_functions("one"), "b.py": "x = 1\n" * 1000, "notes.txt": "word\n" * 1000},
        date="2020-01-03",
    )
    repository.commit({"b.py": "y = 2\n" + "x = 1\n" * 1000, "a.py": "z = 3\n"}, date="2020-01-04")
    monkeypatch.setattr(objects, "LARGEST", 4_000)
    asked: list[tuple[str, ...]] = []
    start = Git._start

    def noted(self: Git, arguments: tuple[str, ...], *rest: object) -> object:
        asked.append(arguments)
        return start(self, arguments, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Git, "_start", noted)
    lines, errors = read(repository)
    assert lines == {"a.py": ((1, 1),)}
    assert errors == {"b.py": "b.py: is larger than 1,000 bytes"}
    # Every command that could unpack the blob names the files that it compares.
    patches = [arguments[arguments.index("--") + 1 :] for arguments in asked if "-p" in arguments]
    assert patches == [("a.py",)]
    opened = Opened.of(repository.folder)
    ((_, found),) = commit_changes(opened, [opened.resolve("HEAD")], lambda path: path.endswith(".py"))
    assert [(file.path, file.lines) for file in found.files] == [("a.py", ((1, 1),)), ("b.py", (ALL_LINES,))]


def test_too_many_changed_files_are_one_line(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit({f"{number}.py": "x = 1\n" for number in range(4)}, date="2020-01-03")
    monkeypatch.setattr(diff, "MAX_CHANGES", 3)
    for reads in (read, written):
        with pytest.raises(RepositoryError, match="were changed at once, which is not read"):
            reads(repository)


@pytest.mark.parametrize(
    "name", ["HEAD", "config", "packed-refs", "refs/heads/main", "objects/info/alternates"]
)
def test_pipe_in_place_of_a_file_of_git_is_one_line(repository: Repository, name: str) -> None:
    path = repository.folder / ".git" / name
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with pytest.raises(RepositoryError, match=r"^git rev-parse made no progress for 0\.5 seconds; stopped$"):
        read(repository)


ONCE = "i=0; while [ $i -lt 400000 ]; do i=$((i + 1)); done"


@pytest.mark.parametrize(
    ("work", "ponders", "stalls"),
    [("exec sleep 1000", True, True), (ONCE, True, False), ("while :; do :; done", False, True)],
    ids=["sleeping", "computing", "computing for a piece"],
)
def test_git_that_computes_silently_has_not_stalled_if_it_may(
    fake_git: Callable[[str], Git], work: str, ponders: bool, stalls: bool
) -> None:
    expected = pytest.raises(FailedCommandError, match="made no progress") if stalls else nullcontext()
    with expected, fake_git(work).stream("log", ponders=ponders) as output:
        assert output.read() == b"done\n"


@pytest.mark.parametrize("state", ["R", "D"])
def test_git_that_waits_for_a_busy_machine_has_not_stalled(
    fake_git: Callable[[str], Git], monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(watch, "process_state", lambda _: (state, 0.0))
    with fake_git("sleep 2").stream("log", ponders=False) as output:
        assert output.read() == b"done\n"


@pytest.fixture
def fake_git(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Git]:
    """A program in place of git that does some work and then prints a line."""
    program = tmp_path / "bin" / "git"
    program.parent.mkdir()
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")

    def made(work: str) -> Git:
        program.write_text(f"#!/bin/sh\n{work}\necho done\n")
        program.chmod(0o755)
        return Git(repository.folder)

    return made


def test_slow_reader_does_not_make_git_stall(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.commit({"big.txt": "word\n" * 100_000}, date="2020-01-03")
    monkeypatch.setattr(watch, "PATIENCE", 0.1)
    released = watch.threading.Event()
    with Git(repository.folder).stream("show", "HEAD:big.txt", ponders=False) as output:
        first = output.read(10)
        # As long as several patiences, in which git waits for the pipe to be emptied.
        assert not released.wait(0.5)
        rest = output.read()
    assert first + rest == b"word\n" * 100_000
