"""What is kept between two runs, however the first ended."""

import multiprocessing
import signal
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from codeorigin.core.budget import Budget
from codeorigin.core.errors import CodeOriginError
from codeorigin.history import open_history
from codeorigin.history.judge_commits import JudgeCommits
from codeorigin.history.results import CommitResult
from codeorigin.history.state import HistoryState
from codeorigin.languages import parse_budget
from support.histories import History, Judge, OpenRun
from support.repositories import Repository, plain_functions

COMMITS = 40


@pytest.fixture
def many(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "many")
    for number in range(COMMITS):
        made.commit({f"{number}.py": plain_functions(f"of_{number}", number=number)}, date="2020-01-01")
    return made


def test_known_commits_are_not_read_again(
    repository: Repository, open_run: OpenRun, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = judge(repository.folder)
    repository.commit({"src/c.py": plain_functions("six", "seven", number=4)}, date="2020-03-01")
    asked = []
    changes = open_history.commit_changes
    monkeypatch.setattr(
        open_history,
        "commit_changes",
        lambda git, commits, wanted: asked.extend(commits) or changes(git, commits, wanted),
    )
    after = judge(repository.folder)
    assert asked == [repository.git("rev-parse", "HEAD")]
    assert after[1:] == before
    monkeypatch.delattr(JudgeCommits, "analyzer")  # nothing is left for a model
    with open_run(repository.folder) as opened:
        assert [opened.known for _ in opened.results()] == [1, 2, 3, 4]


def test_known_and_new_commits_stay_in_order(many: Repository, open_run: OpenRun, judge: Judge) -> None:
    whole = judge(many.folder)
    with closing(sqlite3.connect(many.folder.parent / "state.sqlite")) as database:
        for result in whole[3:30:4]:
            database.execute("DELETE FROM commits WHERE id = ?", (result.commit,))
        database.commit()
    with open_run(many.folder, jobs=2) as opened:
        assert list(opened.results()) == whole
        assert opened.known == COMMITS - len(whole[3:30:4])


def test_results_are_kept_per_settings(repository: Repository, judge: Judge) -> None:
    def functions(*exclude: str) -> int:
        return sum(result.functions for result in judge(repository.folder, exclude=list(exclude)))

    assert [functions(), functions("src/"), functions()] == [6, 3, 6]


def test_commit_with_a_file_that_met_the_end_of_the_time_of_a_run_is_judged_again(
    repository: Repository, judge: Judge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = judge(repository.folder, state=tmp_path / "other.sqlite")
    for name in ("_USUAL_SECONDS", "_USUAL_SECONDS_PER_MILLION"):
        monkeypatch.setattr(parse_budget, name, 0.0)  # all texts take longer than usual
    with monkeypatch.context() as patch:
        patch.setattr(open_history, "run_budget", lambda *, shared: Budget(seconds=0.0, shared=shared))
        assert [result.skipped for result in judge(repository.folder)] == [1, 1, 1]
    assert judge(repository.folder) == whole


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
        rows = database.execute("SELECT id, result FROM commits").fetchall()
    kept = b"".join(name.encode() + zlib.decompress(data) for name, data in rows)
    kept += b"".join(path.read_bytes() for path in tmp_path.glob("state.sqlite*"))
    assert b"claude" in kept
    for name in (b"Ann", b"ann@example.org", b"noreply@"):
        assert name not in kept


SPOILED: dict[str, Callable[[bytes], bytes | str]] = {
    "cut off": lambda data: data[:-5],
    "one bit": lambda data: data[:8] + bytes([data[8] ^ 1]) + data[9:],
    "no data": lambda data: b"no data",
    "text": lambda data: "text",
    "another shape": lambda data: zlib.compress(b'[{"x": 1}]'),
}


@pytest.mark.parametrize("change", SPOILED.values(), ids=SPOILED)
def test_damaged_rows_are_computed_again(
    history: History, tmp_path: Path, change: Callable[[bytes], bytes | str]
) -> None:
    whole = history("--format", "html")
    assert (whole[0], whole[2]) == (0, [])
    with closing(sqlite3.connect(tmp_path / "state")) as database:
        for name, value in database.execute("SELECT id, result FROM commits").fetchall()[:2]:
            database.execute("UPDATE commits SET result = ? WHERE id = ?", (change(value), name))
        database.commit()
    assert history("--format", "html") == whole


def test_damaged_page_is_one_line_before_any_output(history: History, tmp_path: Path) -> None:
    assert history()[0] == 0
    with closing(sqlite3.connect(tmp_path / "state")) as database:
        ((page,),) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'commits'")
        ((size,),) = database.execute("PRAGMA page_size")
    with (tmp_path / "state").open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xa5" * 200)
    problem = "the kept state of the history is damaged; delete the file, and the next run makes it again"
    assert history() == (2, "", [f"codeorigin: {tmp_path / 'state'}: {problem}"])
    (tmp_path / "state").unlink()
    assert history()[0] == 0


# At its 35th commit, the process sends itself the signal. Started in a shell's background, it would ignore an interrupt.
STOPPED = """\
import os, signal, sys
from pathlib import Path
from codeorigin.history.judge_commits import JudgeCommits
from codeorigin.history.open_history import open_history
from codeorigin.history.options import HistoryOptions

signal.signal(signal.SIGINT, signal.default_int_handler)
number, folder, state, model = sys.argv[1:]
result, calls = JudgeCommits._result, []

def stopping(self, *which):
    calls.append(which)
    if len(calls) == 35:
        os.kill(os.getpid(), int(number))
    return result(self, *which)

JudgeCommits._result = stopping
with open_history(HistoryOptions(folder, state=Path(state), model=Path(model), declared=False, jobs=1)) as opened:
    list(opened.results())
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_commits_of_a_stopped_run_are_kept(
    many: Repository, model: Path, open_run: OpenRun, tmp_path: Path, number: signal.Signals
) -> None:
    state = tmp_path / "stopped.sqlite"
    options = [str(int(number)), str(many.folder), str(state), str(model)]
    done = subprocess.run([sys.executable, "-c", STOPPED, *options], capture_output=True, check=False)
    assert done.returncode == -number, done.stderr
    with open_run(many.folder, state=state, declared=False) as opened:
        again = list(opened.results())
        assert opened.known == 32
    with open_run(many.folder, declared=False) as opened:
        assert list(opened.results()) == again


def test_killed_process_is_one_line_and_the_next_run_goes_on(
    many: Repository, judge: Judge, open_run: OpenRun
) -> None:
    killed, others = False, set(multiprocessing.active_children())
    with (  # noqa: PT012
        pytest.raises(CodeOriginError, match=r"^a worker process ended before [^\n]*--jobs 1"),
        open_run(many.folder, jobs=2) as opened,
    ):
        for _ in opened.results():
            for process in () if killed else set(multiprocessing.active_children()) - others:
                process.kill()
                process.join()
            killed = True
    assert len(judge(many.folder)) == COMMITS


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

    a, b = (CommitResult(name, 0) for name in "ab")
    with HistoryState(path, "", "model") as first:
        monkeypatch.setattr(HistoryState, "_run", beside)
        first.keep([a])
        first.keep([b])
    assert refused == [path, path]
    with HistoryState(path, "", "model") as second:
        assert second.results("abc") == {"a": a, "b": b}
