"""Repositories that lack something, or that are hostile: judged as a whole or not at all, and nothing of them runs."""

import io
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from codeorigin.git import objects
from codeorigin.git.diff import Diff, read_changes
from codeorigin.git.process import lacking
from codeorigin.git.repository import Repository as Opened
from codeorigin.report.code import HeatLine, code_line
from support.command import complaints, run
from support.git_traps import Trap, plant
from support.histories import History, Judge
from support.repositories import Repository, plain_functions

LACKING = lacking("")[len("object  ") :]


def loose(repository: Repository, revision: str) -> Path:
    """The file of an object."""
    name = repository.git("rev-parse", revision)
    return repository.folder / ".git" / "objects" / name[:2] / name[2:]


def take(repository: Repository, revision: str) -> None:
    """Remove an object."""
    loose(repository, revision).unlink()


@pytest.mark.parametrize(
    "revision", ["HEAD:lib/b.py", "HEAD~2:src/a.py", "HEAD~1:src", "HEAD~1^{tree}", "HEAD~2"]
)
def test_missing_object_is_one_line_and_nothing_is_lost(
    repository: Repository, history: History, revision: str
) -> None:
    path = loose(repository, revision)
    content = path.read_bytes()
    path.unlink()
    code, _, (line,) = history("--format", "json")
    assert (code, line) == (2, f"codeorigin: {lacking(path.parent.name + path.name)}")
    path.write_bytes(content)
    assert history("--format", "json")[0] == 0


@pytest.mark.parametrize("command", [("history",), ("check", "--commit", "HEAD~1")])
def test_partial_clone_is_one_line_that_says_what_to_do(
    repository: Repository, tmp_path: Path, command: tuple[str, ...]
) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    part = tmp_path / "part"
    url = f"file://{repository.folder}"
    repository.git("clone", "-q", "--no-checkout", "--filter=blob:none", url, str(part))
    done = run(*command, cwd=part)
    (line,) = complaints(done)
    assert line.endswith(LACKING), line
    assert done.returncode == 2
    Repository.at(part).git("fetch", "-q", "--refetch", "--no-filter")
    assert run(*command, cwd=part).returncode in {0, 1}


def _detach_and_take(repository: Repository) -> None:
    repository.git("checkout", "-q", "--detach")
    take(repository, "HEAD")


def _fill_branch(content: bytes) -> Callable[[Repository], None]:
    # As after a power failure.
    return lambda repository: (
        (repository.folder / ".git" / "refs" / "heads" / "main").write_bytes(content),
        None,
    )[1]


@pytest.mark.parametrize(
    "break_head",
    [
        lambda repository: take(repository, "HEAD"),
        _detach_and_take,
        _fill_branch(b""),
        _fill_branch(bytes(41)),
    ],
    ids=["taken", "detached", "empty", "zeros"],
)
def test_broken_head_is_not_taken_for_a_repository_without_commits(
    repository: Repository, break_head: Callable[[Repository], None]
) -> None:
    before = repository.git("rev-parse", "HEAD~1")
    break_head(repository)
    for command in (["history"], ["history", "--revision", "main"], ["check", "--changed"]):
        done = run(*command, cwd=repository.folder)
        assert (done.returncode, done.stdout) == (2, b"")
        (line,) = complaints(done)
        assert line.endswith(
            "the commit of HEAD is damaged or not in this clone; git fsck says what is wrong"
        )
    assert Opened.of(repository.folder).resolve(before) == before


def test_truncated_listing_ends_at_the_cut() -> None:
    # As when git is killed in the middle of a name.
    head = f":000000 100644 {'0' * 40} {'1' * 40} A".encode()
    for given in (head + b"\0src/a", head[:-1] + b"R100\0old.py\0new"):
        assert read_changes(io.BufferedReader(io.BytesIO(given)), lambda path: True) == (Diff([]), b"")


def test_file_too_large_to_be_read_leaves_the_rest(
    repository: Repository, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(
        {"lib/c.py": plain_functions("six"), "lib/large.py": "x = 1\n" * 1000}, date="2020-03-01"
    )
    monkeypatch.setattr(objects, "LARGEST", 4_000)
    newest = judge(repository.folder)[0]
    assert (newest.functions, newest.skipped) == (1, 1)


def test_hostile_repository_runs_nothing(repository: Repository, judge: Judge, tmp_path: Path) -> None:
    repository.commit({".gitattributes": "* diff=trap filter=none\n"}, date="2020-03-01")
    trap = Trap(tmp_path / "trap")
    plant(repository, trap)
    assert [result.functions for result in judge(repository.folder)] == [0, 3, 1, 2]
    assert trap.ran() == ""
    # The trap does work.
    subprocess.run(["git", "-C", repository.folder, "status"], check=False, capture_output=True)
    assert trap.ran()


def test_nothing_is_written_to_the_repository(repository: Repository, judge: Judge) -> None:
    def listing() -> list[tuple[str, int]]:
        return sorted((str(path), path.lstat().st_mtime_ns) for path in repository.folder.rglob("*"))

    before = listing()
    judge(repository.folder)
    assert listing() == before


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# by ann.b+c@mail.example.org, bob@example.org", "# by …, …"),
        ("a@b c@d. a@b.c.+d@e.f x@y@z.example", "a@b c@d. …… x@…"),
        ("@decorator(user@host) # 1@2.3", "@decorator(user@host) # …"),
    ],
)
def test_addresses_in_code_are_not_shown(text: str, shown: str) -> None:
    line = code_line(HeatLine(1, text, 0.0, syntax=bytes(len(text))))
    assert re.sub("<.*?>", "", line.partition("</i> ")[2]) == shown


@pytest.mark.parametrize(
    "text", ["a" * 300_000, "a@" * 150_000, "a@b." + "c" * 300_000 + "@", "a." * 150_000]
)
def test_long_line_takes_as_long_as_it_is_long_and_is_cut(text: str) -> None:
    # With time that grows with the square, this would take minutes to hours.
    assert code_line(HeatLine(1, f"{text} a@b.c", 0.0)).endswith("…</span>")
