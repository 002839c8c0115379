"""A repository with one file of ten lines."""

from pathlib import Path

import pytest

from support.changes import TEN
from support.repositories import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": TEN}, date="2026-01-01")
    return made
