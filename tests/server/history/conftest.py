"""A repository of three commits, and its results."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from codeorigin.history.open_history import History as OpenedHistory
from codeorigin.history.open_history import open_history
from codeorigin.history.options import HistoryOptions
from codeorigin.history.results import CommitResult
from support.command import run
from support.histories import History, Judge, OpenRun
from support.repositories import DECLARED, Repository, plain_functions
from support.tiny_model import with_commit_rules


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"src/a.py": plain_functions("one", "two"), "notes.txt": "x\n"}, date="2020-01-01")
    made.commit({"src/a.py": plain_functions("one", "two").replace("[]", "list()", 1)}, date="2020-02-01")
    made.commit(
        {"lib/b.py": plain_functions("three", "four", "five")},
        date="2020-02-03",
        message=DECLARED,
    )
    return made


@pytest.fixture
def model(tmp_path: Path, tiny_model_dir: Path) -> Path:
    return with_commit_rules(tmp_path / "model", tiny_model_dir)


@pytest.fixture
def open_run(tmp_path: Path, model: Path) -> OpenRun:
    """``open_run(folder, ...)``: the history of a repository, with a state of its own and these options."""

    def opened(folder: Path, **options: Any) -> AbstractContextManager[OpenedHistory]:
        defaults = {"state": tmp_path / "state.sqlite", "model": model, "jobs": 1}
        return open_history(HistoryOptions(str(folder), **(defaults | options)))

    return opened


@pytest.fixture
def judge(open_run: OpenRun) -> Judge:
    """``judge(folder, ...)``: the results of a history."""

    def results(folder: Path, **options: Any) -> list[CommitResult]:
        with open_run(folder, **options) as opened:
            return list(opened.results())

    return results


@pytest.fixture
def history(repository: Repository, model: Path, tmp_path: Path) -> History:
    """``history(options...)``: what the command says about the repository: exit code, stdout, lines on stderr."""

    def said(*options: str, path: str | None = None) -> tuple[int, str, list[str]]:
        given = ["--model", str(model), "--state", str(tmp_path / "state"), "--jobs", "1", *options]
        done = run("history", path or repository.folder, *given)
        return done.returncode, done.stdout.decode(), done.stderr.decode().splitlines()

    return said
