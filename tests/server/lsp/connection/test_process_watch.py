"""Watching the client's process."""

import os
import subprocess
import sys
import threading

import pytest

from codeorigin.lsp.connection import process_watch


@pytest.fixture
def process() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)


def end(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    process.wait()


def test_end_of_the_process_is_noticed(
    process: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_watch, "POLL_SECONDS", 0.01)
    gone = threading.Event()
    watching = process_watch.watch(process.pid, gone.set)
    assert watching is not None
    assert not gone.is_set()
    end(process)
    assert gone.wait(30)


def test_missing_process_is_not_watched(process: subprocess.Popen[bytes]) -> None:
    end(process)
    assert process_watch.watch(process.pid, lambda: None) is None


@pytest.mark.parametrize("pid", [0, -1, 2**31, 2**80])
def test_invalid_process_ids_are_not_alive(pid: int) -> None:
    assert not process_watch.is_alive(pid)


def test_this_process_is_alive() -> None:
    assert process_watch.is_alive(os.getpid())
