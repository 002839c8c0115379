"""What is kept between two runs."""

import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from codeorigin.core.errors import CodeOriginError
from support.histories import Judge, OpenRun
from support.repositories import Repository, plain_functions


def test_known_commits_are_not_read_again(
    repository: Repository, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judge(repository.folder)
    repository.commit({"src/c.py": plain_functions("six", "seven", number=4)}, date="2020-03-01")
    asked = []
    from codeorigin.history import walk  # noqa: PLC0415

    kept = walk.commit_changes
    monkeypatch.setattr(
        walk,
        "commit_changes",
        lambda git, commits, wanted: asked.extend(commits) or kept(git, commits, wanted),
    )
    after = judge(repository.folder)
    assert asked == [repository.git("rev-parse", "HEAD")]
    assert after[1:] == before


def test_results_are_kept_per_settings(repository: Repository, open_run: OpenRun) -> None:
    def functions(settings: str, wanted: Callable[[str], bool]) -> int:
        with open_run(repository.folder, wanted, settings=settings) as opened:
            return sum(each.functions for each in opened.results())

    assert functions("all", lambda path: True) == 6
    assert functions("lib", lambda path: path.startswith("lib/")) == 3
    assert functions("all", lambda path: False) == 6


def test_another_model_starts_from_scratch(repository: Repository, judge: Judge, open_run: OpenRun) -> None:
    assert judge(repository.folder)[0].probability is not None
    with open_run(repository.folder, model=None) as opened:
        # Three functions are too few for the rule of the shipped model.
        assert next(iter(opened.results())).reason == "too_few_functions"


def test_unusable_state_file_is_reported_with_the_option_to_change(
    repository: Repository, judge: Judge, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CodeOriginError, match=r"--state names another file"):
        judge(repository.folder, state=tmp_path / "file" / "state")
    (tmp_path / "text").write_text("no database at all, and long enough to be read as one " * 9)
    with pytest.raises(CodeOriginError, match=r"--state names another file"):
        judge(repository.folder, state=tmp_path / "text")


def test_database_of_another_program_is_not_modified(
    repository: Repository, judge: Judge, tmp_path: Path
) -> None:
    path = tmp_path / "theirs.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute("CREATE TABLE commits (settings TEXT, id TEXT, result TEXT)")
        theirs.execute("INSERT INTO commits VALUES ('a', 'b', 'c')")
        theirs.commit()
    before = path.read_bytes()
    with pytest.raises(CodeOriginError, match="is a database of another program"):
        judge(repository.folder, state=path)
    assert path.read_bytes() == before


def test_state_names_nobody(repository: Repository, judge: Judge, tmp_path: Path) -> None:
    judge(repository.folder)
    with closing(sqlite3.connect(tmp_path / "state.sqlite")) as database:
        rows = database.execute(
            "SELECT id, result FROM commits UNION ALL SELECT key, functions FROM blobs"
        ).fetchall()
    kept = b"".join(name.encode() + zlib.decompress(data) for name, data in rows)
    kept += b"".join(path.read_bytes() for path in tmp_path.glob("state.sqlite*"))
    assert b"claude" in kept
    for name in (b"Ann", b"ann@example.org", b"noreply@"):
        assert name not in kept
