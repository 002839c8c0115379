"""Runs that are stopped in any way: what was read until then is kept."""

import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import Future
from pathlib import Path

import pytest

from codeorigin.core.errors import CodeOriginError
from codeorigin.history.blob_functions import BlobReader
from codeorigin.history.blob_readers import Read, Readers, first_finished
from codeorigin.history.request import Plan
from codeorigin.history.state import HistoryState
from codeorigin.history.walk import Walk
from codeorigin.model.bundle import Bundle
from support.histories import Judge, OpenRun
from support.repositories import Repository, plain_functions
from support.waiting import wait_for

FILES = 40
# At its 35th file, the process sends itself the signal. Started in a shell's background, it would ignore an interrupt.
STOPPED = """\
import os, signal, sys
from pathlib import Path
from codeorigin.git.repository import Repository
from codeorigin.history.blob_functions import BlobReader
from codeorigin.history.history_run import open_history
from codeorigin.history.request import HistoryRequest

signal.signal(signal.SIGINT, signal.default_int_handler)
number, folder, state, model = sys.argv[1:]
functions, calls = BlobReader.functions, []

def stopping(self, *which):
    calls.append(which)
    if len(calls) == 35:
        os.kill(os.getpid(), int(number))
    return functions(self, *which)

BlobReader.functions = stopping
request = HistoryRequest(Repository.of(Path(folder)), lambda path: True, state=Path(state), model=Path(model))
with open_history(request) as opened:
    list(opened.results())
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the blobs that this process reads."""
    paths: list[str] = []
    functions = BlobReader.functions

    def noted(self: BlobReader, blob: str, path: str) -> object:
        paths.append(path)
        return functions(self, blob, path)

    monkeypatch.setattr(BlobReader, "functions", noted)
    return paths


def stop(repository: Repository, model: Path, state: Path, number: signal.Signals) -> None:
    """A run that is stopped by a signal at its 35th file."""
    options = [str(int(number)), str(repository.folder), str(state), str(model)]
    done = subprocess.run([sys.executable, "-c", STOPPED, *options], capture_output=True, check=False)
    assert done.returncode == -number, done.stderr


def test_read_files_of_one_large_commit_are_kept(
    tmp_path: Path, model: Path, judge: Judge, asked: list[str]
) -> None:
    made = Repository(tmp_path / "large")
    for each in range(FILES):
        made.write(f"{each}.py", plain_functions(f"of_{each}", number=each))
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "All at once")
    stop(made, model, tmp_path / "stopped.sqlite", signal.SIGINT)
    whole = judge(made.folder, state=tmp_path / "whole.sqlite")
    assert (whole[0].functions, len(asked)) == (FILES, FILES)
    asked.clear()
    assert judge(made.folder, state=tmp_path / "stopped.sqlite") == whole
    # Only the files after the last batch of 16.
    assert len(asked) == FILES - 32


def test_first_commits_of_a_stopped_run_are_kept(tmp_path: Path, model: Path, judge: Judge) -> None:
    made = Repository(tmp_path / "many")
    for each in range(FILES):
        made.commit({f"{each}.py": plain_functions(f"of_{each}", number=each)}, date="2020-01-01")
    state = tmp_path / "stopped.sqlite"
    stop(made, model, state, signal.SIGKILL)
    names = made.git("rev-list", "HEAD").split()
    with HistoryState(state, "", Bundle.load(model).model_id) as kept:
        assert set(kept.results(names)) == set(names[: 8 + 16])
    assert judge(made.folder, state=state) == judge(made.folder, state=tmp_path / "whole.sqlite")


def several_commits(folder: Path) -> Repository:
    made = Repository(folder)
    for each in range(8 + 2):
        made.commit({f"{each}.py": plain_functions(f"of_{each}", number=each)}, date="2020-01-01")
    return made


def test_results_are_counted_as_known_when_they_are_yielded(
    tmp_path: Path, open_run: OpenRun, judge: Judge
) -> None:
    made = several_commits(tmp_path / "again")
    judge(made.folder)
    with open_run(made.folder) as opened:
        assert [opened.walk.known for _ in opened.results()] == list(range(1, 11))


def test_process_killed_between_batches_gives_one_line(
    tmp_path: Path, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, begun = Walk._begin, []

    def killed(self: Walk, plan: Plan, readers: Readers) -> object:
        begun.append(plan)
        for pool in filter(None, readers._pools) if len(begun) == 2 else ():
            for process in list(pool._pool._processes.values()):
                process.kill()
            wait_for(lambda pool=pool: pool._pool._broken, what="the end of a process")  # type: ignore[misc]
        return begin(self, plan, readers)

    made = several_commits(tmp_path / "died")
    with monkeypatch.context() as patch:
        patch.setattr(Walk, "_begin", killed)
        with pytest.raises(CodeOriginError, match="a worker process ended before its work was done"):
            judge(made.folder, jobs=2)
    assert len(judge(made.folder)) == 10


def test_finished_results_do_not_wait_for_other_processes() -> None:
    done: list[Future[list[Read]]] = [Future(), Future()]
    done[1].set_result([("b", b"2")])
    given = first_finished(done)
    assert next(given) == [("b", b"2")]
    done[0].set_result([("a", b"1")])
    assert list(given) == [[("a", b"1")]]


def test_state_belongs_to_one_run_until_it_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.sqlite"
    run = HistoryState._run
    refused = []

    def beside(self: HistoryState, query: str, *values: str | bytes) -> sqlite3.Cursor:
        if query == "BEGIN IMMEDIATE":
            # At this moment, the first run is writing nothing to disk.
            with pytest.raises(CodeOriginError, match="another run is at it; --state names another file"):
                HistoryState(path, "", "model")
            refused.append(path)
        return run(self, query, *values)

    with HistoryState(path, "", "model") as first:
        first.put_result("a", {"of": "first"})
        monkeypatch.setattr(HistoryState, "_run", beside)
        first.save()
        first.put_result("b", {"of": "first"})
    assert refused == [path]
    with HistoryState(path, "", "model") as second:
        assert set(second.results(["a", "b"])) == {"a", "b"}
