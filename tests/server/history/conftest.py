"""A repository of three commits, and its results."""

from collections.abc import Callable
from pathlib import Path

import pytest

from codeorigin.git.repository import Repository as Opened
from codeorigin.history.results import CommitResult
from codeorigin.history.run import open_history
from support.repositories import DECLARED, Repository, plain_functions
from support.tiny_model import with_commit_rules

Judge = Callable[..., list[CommitResult]]


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
def judge(tmp_path: Path, model: Path) -> Judge:
    """``judge(folder, ...)``: the results of a repository, with a state of their own."""

    def run(folder: Path, **options: object) -> list[CommitResult]:
        state = options.pop("state", tmp_path / "state.sqlite")
        wanted = options.pop("wanted", lambda path: True)
        with open_history(
            Opened.of(folder),
            wanted,
            settings="",
            state=state,
            model=model,
            **options,  # type: ignore[arg-type]
        ) as opened:
            return list(opened.results())

    return run
