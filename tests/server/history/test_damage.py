"""Missing and damaged objects: the rest of the history is still judged."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import validate

from codeorigin.git import objects
from codeorigin.git.line_changes import Comparison, read_changes
from codeorigin.git.repository import Repository as Opened
from codeorigin.history.results import CommitResult
from support.command import complaints, run
from support.histories import History, Judge, OpenRun
from support.repositories import Repository, plain_functions
from support.schemas import load_schema


def loose(repository: Repository, name: str) -> Path:
    """The file of an object."""
    return repository.folder / ".git" / "objects" / name[:2] / name[2:]


def take(repository: Repository, revision: str) -> Callable[[], None]:
    """Remove an object; returns a function that restores it."""
    path = loose(repository, repository.git("rev-parse", revision))
    kept = path.read_bytes()
    path.unlink()

    def back() -> None:
        path.write_bytes(kept)

    return back


def damage(repository: Repository, revision: str, at: int) -> None:
    """Change one byte of an object's file."""
    path = loose(repository, repository.git("rev-parse", revision))
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.chmod(0o644)
    path.write_bytes(data)


def functions(results: list[CommitResult]) -> list[int]:
    return [each.functions for each in results]


def test_missing_file_affects_only_that_file(repository: Repository, judge: Judge, tmp_path: Path) -> None:
    repository.commit(
        {"lib/b.py": plain_functions("three"), "lib/c.py": plain_functions("six")}, date="2020-03-01"
    )
    whole = judge(repository.folder, state=tmp_path / "whole")
    back = take(repository, "HEAD:lib/b.py")
    results = judge(repository.folder)
    assert functions(results) == [1, 3, 1, 2]
    assert [each.missing for each in results] == [1, 0, 0, 0]
    assert (results[0].written, results[0].unread, results[0].is_whole) == (1, 0, False)
    back()
    # The incomplete result was not kept.
    assert judge(repository.folder) == whole


@pytest.mark.parametrize("jobs", [1, 2])
def test_missing_content_before_a_change_is_counted(repository: Repository, judge: Judge, jobs: int) -> None:
    take(repository, "HEAD~1^:src/a.py")
    results = judge(repository.folder, jobs=jobs)
    assert [(each.functions, each.missing) for each in results] == [(3, 0), (0, 1), (0, 1)]


@pytest.mark.parametrize("at", [0, 12])
def test_damaged_file_affects_only_that_file(repository: Repository, judge: Judge, at: int) -> None:
    damage(repository, "HEAD~1:src/a.py", at)
    results = judge(repository.folder)
    assert [(each.functions, each.missing) for each in results] == [(3, 0), (0, 1), (2, 0)]


def test_missing_folder_makes_its_commit_unreadable(repository: Repository, judge: Judge) -> None:
    back = take(repository, "HEAD~1:src")
    results = judge(repository.folder)
    assert [(each.functions, each.reason) for each in results] == [
        (3, None),
        (0, "unreadable"),
        (2, None),
    ]
    back()
    assert functions(judge(repository.folder)) == [3, 1, 2]


def test_child_of_a_missing_commit_is_unreadable(
    repository: Repository, judge: Judge, open_run: OpenRun, tmp_path: Path
) -> None:
    repository.git("checkout", "-q", "-b", "side", "HEAD~2")
    repository.commit({"side.py": plain_functions("side")}, date="2020-01-05")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "--no-gpg-sign", "-m", "Merge", "side", date="2020-03-01")
    repository.commit({"last.py": plain_functions("last")}, date="2020-04-01")
    back = take(repository, "HEAD~2^")
    results = judge(repository.folder)
    # Its child cannot be compared with it; the other branch is there.
    assert [(each.functions, each.reason) for each in results] == [
        (1, "too_few_functions"),
        (0, "unreadable"),
        (1, "too_few_functions"),
        (2, None),
    ]
    with open_run(repository.folder, state=tmp_path / "s") as opened:
        assert (opened.plan.unreadable, opened.plan.merges) == (1, 1)
    back()
    assert functions(judge(repository.folder)) == [1, 3, 1, 1, 2]


def _take_object(repository: Repository) -> None:
    take(repository, "HEAD")


def _damage_object(repository: Repository) -> None:
    damage(repository, "HEAD", 0)


def _detach_and_take(repository: Repository) -> None:
    repository.git("checkout", "-q", "--detach")
    take(repository, "HEAD")


def _empty_branch(repository: Repository) -> None:
    # As after a power failure.
    (repository.folder / ".git" / "refs" / "heads" / "main").write_bytes(b"")


def _fill_branch_with_zeros(repository: Repository) -> None:
    (repository.folder / ".git" / "refs" / "heads" / "main").write_bytes(bytes(41))


@pytest.mark.parametrize(
    "break_head", [_take_object, _damage_object, _detach_and_take, _empty_branch, _fill_branch_with_zeros]
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


def test_renames_next_to_a_missing_file_write_nothing(repository: Repository, judge: Judge) -> None:
    repository.git("mv", "src/a.py", "src/renamed.py")
    repository.commit(
        {"lib/b.py": plain_functions("three"), "lib/c.py": plain_functions("six")}, date="2020-03-01"
    )
    take(repository, "HEAD:lib/b.py")
    assert functions(judge(repository.folder)) == [1, 3, 1, 2]


def test_partial_clone_is_judged_as_far_as_it_goes(
    repository: Repository, judge: Judge, tmp_path: Path
) -> None:
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git(
        "clone",
        "-q",
        "--bare",
        "--filter=blob:none",
        f"file://{repository.folder}",
        str(tmp_path / "part.git"),
    )
    results = judge(tmp_path / "part.git")
    assert [(each.functions, each.missing) for each in results] == [(0, 1), (0, 1), (0, 1)]
    assert [each.declared for each in results] == [("claude",), (), ()]


def test_history_command_says_what_is_missing(
    repository: Repository, history: History, tmp_path: Path
) -> None:
    assert history("--format", "json")[0] == 0
    take(repository, "HEAD:lib/b.py")
    (tmp_path / "state").unlink()
    code, out, (line,) = history("--format", "json")
    assert code == 2
    validate(report := json.loads(out), load_schema("history/formats/history"))
    assert [each["missing"] for each in report["commits"]] == [1, 0, 0]
    assert (report["summary"]["missing"], report["summary"]["unreadable"]) == (1, 0)
    assert line.startswith(
        "codeorigin: 1 file version is not in this clone or damaged, and left out; git fetch"
    )


def test_truncated_listing_ends_at_the_cut() -> None:
    # As when git is killed in the middle of a name.
    head = f":000000 100644 {'0' * 40} {'1' * 40} A".encode()
    for given in (head + b"\0src/a", head[:-1] + b"R100\0old.py\0new"):
        assert read_changes(io.BufferedReader(io.BytesIO(given)), lambda path: True) == (Comparison([]), b"")


def test_file_too_large_to_be_read_leaves_the_rest(
    repository: Repository, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit(
        {"lib/c.py": plain_functions("six"), "lib/large.py": "x = 1\n" * 1000}, date="2020-03-01"
    )
    monkeypatch.setattr(objects, "LARGEST", 4_000)
    newest = judge(repository.folder)[0]
    assert (newest.functions, newest.unread, newest.missing, newest.is_whole) == (1, 1, 0, True)
