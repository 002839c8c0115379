"""Folders in which nobody can write, not even the system's administrator: each command says so in one line."""

from pathlib import Path

import pytest

from support.command import PLAIN, TERSE, complaints, run
from support.repositories import Repository

SEALED = Path("/proc/sealed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    repository = Repository(tmp_path_factory.mktemp("sealed") / "work")
    repository.commit({"a.py": TERSE.read_text()}, date="2023-01-01")
    repository.write("repositories.txt", ".\n")
    return repository.folder


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("check", "a.py", "--format", f"json={SEALED}/x.json"), f"{SEALED}/x.json"),
        (("check", "a.py", "--baseline", f"{SEALED}/x.json", "--update-baseline"), "x.json"),
        (("history", "."), "--state"),
        (("history", ".", "--state", f"{SEALED}/x"), "--state"),
        (("scan", "repositories.txt", "--out", str(SEALED)), str(SEALED)),
    ],
)
def test_what_cannot_be_written_is_one_line(folder: Path, arguments: tuple[str, ...], names: str) -> None:
    done = run(*arguments, cwd=folder, environment=PLAIN | {"XDG_CACHE_HOME": str(SEALED)})
    (said,) = complaints(done)
    assert names in said
    assert done.returncode == 2
    assert done.stdout == b""


def test_what_writes_nothing_works(folder: Path) -> None:
    sealed = {"XDG_CACHE_HOME": str(SEALED), "HOME": str(SEALED)}
    for arguments in (("check", "a.py"), ("check", "--commit", "HEAD"), ("explain", "a.py:12"), ("doctor",)):
        done = run(*arguments, cwd=folder, environment=PLAIN | sealed)
        assert (done.returncode, complaints(done)) == (0, []), arguments
