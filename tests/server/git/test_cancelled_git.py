"""git commands that nobody waits for any more."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.git.blame import line_origins
from codeorigin.git.objects import Objects
from codeorigin.git.repository import Repository as Opened
from support.controlled_git import ControlledGit
from support.repositories import Repository
from support.waiting import wait_for


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ControlledGit:
    made = ControlledGit(tmp_path / "programs")
    monkeypatch.setenv("PATH", made.environment["PATH"])
    return made


def _log(repository: Repository, token: CancelToken) -> object:
    return list(Opened.of(repository.folder, token).log("HEAD"))


def _blamed(repository: Repository, token: CancelToken) -> object:
    opened = Opened.of(repository.folder, token)
    return line_origins(opened.git, opened.head() or "", "a.py")


@pytest.mark.parametrize(("command", "ask"), [("log", _log), ("blame", _blamed), ("rev-parse", _blamed)])
def test_cancelled_command_ends_at_once(
    repository: Repository,
    git: ControlledGit,
    command: str,
    ask: Callable[[Repository, CancelToken], object],
) -> None:
    assert ask(repository, CancelToken())
    token = CancelToken()

    def cancel() -> None:
        wait_for(lambda: git.is_waiting, what=command)
        token.cancel()

    canceller = threading.Thread(target=cancel)
    with git.held(command):
        canceller.start()
        with pytest.raises(Cancelled):
            ask(repository, token)
        canceller.join()
    # And no other command starts.
    with pytest.raises(Cancelled):
        ask(repository, token)


def test_cancelled_read_of_an_object_ends_at_once(
    repository: Repository, git: ControlledGit, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, name = CancelToken(), repository.git("rev-parse", "HEAD:a.py")
    ask, asked = Objects._asked, threading.Event()

    def noted(self: Objects, *rest: Any) -> Any:
        asked.set()
        return ask(self, *rest)

    def cancel() -> None:
        asked.wait()
        token.cancel()

    monkeypatch.setattr(Objects, "_asked", noted)
    canceller = threading.Thread(target=cancel)
    with Objects(Opened.of(repository.folder, token).git) as objects:
        with git.held("cat-file"):
            canceller.start()
            with pytest.raises(Cancelled):
                objects.read(name, 100)
        canceller.join()
        with pytest.raises(Cancelled):
            objects.read(name, 100)


def test_cancelled_token_calls_its_callbacks() -> None:
    token, called = CancelToken(), []
    with token.ending(lambda: called.append("over")):
        pass
    with token.ending(lambda: called.append("first")):
        token.cancel()
        assert called == ["first"]
    with token.ending(lambda: called.append("late")):
        assert called == ["first", "late"]
