"""A repository, and an environment for pre-commit and git with nothing from the machine's user."""

import os
from pathlib import Path

import pytest

from support.command import PLAIN, TERSE
from support.repositories import Repository


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in PLAIN.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    return kept | {
        "PRE_COMMIT_HOME": str(tmp_path / "home"),
        "HOME": str(tmp_path),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ann",
        "GIT_AUTHOR_EMAIL": "ann@example.org",
        "GIT_COMMITTER_NAME": "Ann",
        "GIT_COMMITTER_EMAIL": "ann@example.org",
    }


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": TERSE.read_text()}, date="2020-01-01")
    return made
