"""A repository with old functions by people, later ones, and a model with a rule for its past."""

from pathlib import Path

import pytest

from support.repositories import Repository, plain_functions
from support.tiny_model import with_past_rule

OLD = plain_functions("one", "two", "three", "four", "five", "six")


@pytest.fixture(autouse=True)
def caches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder for caches."""
    folder = tmp_path / "caches"
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(folder))
    return folder


@pytest.fixture
def model(tmp_path: Path, tiny_model_dir: Path) -> Path:
    return with_past_rule(tmp_path / "model", tiny_model_dir)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"old.py": OLD, "notes.txt": "x\n"}, date="2021-01-01")
    made.commit({"late.py": plain_functions("seven", number=7)}, date="2022-11-29")
    made.commit({"new.py": plain_functions("eight", "nine", number=9)}, date="2024-05-01")
    return made
