"""A check in several processes, and texts that are hard to parse, which share its time."""

import json
import multiprocessing
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codeorigin.analysis.judged import Source
from codeorigin.analysis.worker_pool import CHUNKS_WAITING, worker_processes
from codeorigin.check import workers
from codeorigin.check.formats.json import parts
from codeorigin.check.inputs import file_source
from codeorigin.check.options import CheckOptions
from codeorigin.check.result import FileError
from codeorigin.check.run import check
from codeorigin.check.workers import FileCheck, outcomes, worker_count
from codeorigin.core.budget import Budget
from codeorigin.core.errors import CodeOriginError, ModelError
from codeorigin.core.processes import WorkerPool
from codeorigin.languages import parse_budget, parser_pool
from codeorigin.languages.parse import parse_all
from codeorigin.languages.parse_budget import ParseBudgetError, ParserInput
from support.command import INTERRUPTIBLE, TERSE
from support.notebooks import notebook
from support.snippets import ALL, LEDGER, PARSER
from support.waiting import PATIENCE
from support.worker_checks import DyingCheck, NamingCheck

EXTENSIONS = {"python": "py", "javascript": "js", "go": "go"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twenty files in several languages, a notebook, a document and a binary file."""
    root = tmp_path / "code"
    root.mkdir()
    for number in range(20):
        code, language = ALL[number % len(ALL)]
        (root / f"f{number:02}.{EXTENSIONS[language]}").write_text(code * 3, encoding="utf-8")
    (root / "f07b.py").write_bytes(b"\0\1\2")
    (root / "n.ipynb").write_text(notebook(LEDGER, PARSER), encoding="utf-8")
    return root


def sources(folder: Path, *names: str) -> list[Source]:
    return [replace(file_source(folder / name, "python", 10_000), path=name) for name in names]


def in_two_processes(found: list[Source], how: FileCheck) -> list[object]:
    with worker_processes(2) as pool:
        assert pool is not None
        return list(outcomes(found, how, pool))


def test_several_processes_report_the_same_as_one(
    folder: Path, tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(folder / "missing.py")
    given = [str(folder), missing, str(folder / "f07b.py")]
    options = CheckOptions(given, model=tiny_model_dir, jobs=3)
    started: list[int] = []
    monkeypatch.setattr(workers, "BYTES_FOR_A_WORKER", 1)
    monkeypatch.setattr(workers, "_SHARED_BATCH_BYTES", 2000)

    def counted(found: Sequence[Source], how: FileCheck, pool: WorkerPool | None, *rest: Any) -> Any:
        started.append(0 if pool is None else pool.workers)
        return outcomes(found, how, pool, *rest)

    monkeypatch.setattr("codeorigin.check.run.outcomes", counted)
    reports, said = [], []
    for jobs in (1, 3):
        report = json.loads("".join(parts(check(replace(options, jobs=jobs)))))
        for measured in ("seconds", "functions_per_second", "peak_memory_bytes"):
            report["summary"].pop(measured, None)
        reports.append(report)
        said.append(capsys.readouterr().err)
    assert started == [0, 2]
    assert len(reports[0]["files"]) == 20 + 2
    assert reports[0] == reports[1]
    assert said[0] == said[1] != ""


def test_main_process_checks_too_and_results_stay_in_order(
    folder: Path, tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_SHARED_BATCH_BYTES", 1)
    names = sorted(path.name for path in folder.iterdir())
    found = in_two_processes(sources(folder, *names), NamingCheck(model=tiny_model_dir))
    by = {each.path: each.message for each in found if isinstance(each, FileError)}
    assert list(by) == names
    assert len(set(by.values())) == 2
    assert by[names[0]] != str(os.getpid())
    assert by[names[CHUNKS_WAITING]] == str(os.getpid())


def test_dead_worker_gives_one_line(folder: Path) -> None:
    found = sources(folder, *sorted(path.name for path in folder.glob("*.py")))
    said = r"^a worker process ended before its work was done [^\n]*--jobs 1"
    with pytest.raises(CodeOriginError, match=said):
        in_two_processes(found, DyingCheck(model=None))


def test_started_processes_end_if_the_model_is_missing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(workers, "BYTES_FOR_A_WORKER", 1)
    before = set(multiprocessing.active_children())
    with pytest.raises(ModelError, match=r"manifest\.json: not readable"):
        check(CheckOptions([str(folder)], model=folder, jobs=3))
    assert set(multiprocessing.active_children()) <= before
    assert capfd.readouterr().err == ""


def test_ctrl_c_ends_all_processes_with_one_line(tmp_path: Path) -> None:
    code = f"{LEDGER}\n\n{PARSER}"
    for number in range(30):
        (tmp_path / f"f{number}.py").write_text("\n\n".join([f"# {number}", *[code] * (60_000 // len(code))]))
    command = [*INTERRUPTIBLE, "check", "--jobs", "3", str(tmp_path)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    spawned: list[str] = []
    while process.poll() is None and len(spawned) < 2:
        spawned = [
            pid
            for pid in children.read_text().split()
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out, err) == (130, "", "codeorigin: interrupted\n")
    assert not [pid for pid in spawned if Path(f"/proc/{pid}").exists()]


def test_small_inputs_and_stdin_stay_in_one_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = sources(folder, "f00.py")
    assert worker_count(few, 8) == 1
    size = (folder / "f00.py").stat().st_size
    monkeypatch.setattr(workers, "BYTES_FOR_A_WORKER", size)
    assert worker_count(few * 3, 8) == 3
    assert worker_count(few * 9, 8) == 8
    assert worker_count(few * 9, 1) == 1
    assert worker_count([*few * 9, Source("<stdin>", "python", lambda: "")], 8) == 1


HARD = "%private]<a>(" * 9
"""TypeScript of 117 characters that the parser never ends."""


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_hard_files_cost_what_a_few_do(
    tmp_path: Path, tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    names = [f"{number:02}" for number in range(6)]
    for name in names:
        (tmp_path / f"a{name}.ts").write_text(HARD)
        (tmp_path / f"b{name}.py").write_text(TERSE.read_text())
    budgets: list[Budget] = []

    def budget(*, shared: bool = False) -> Budget:
        budgets.append(Budget(seconds=1.0, shared=shared))
        return budgets[0]

    monkeypatch.setattr(parse_budget, "run_budget", budget)
    monkeypatch.setattr("codeorigin.check.workers.BYTES_FOR_A_WORKER", 1)
    result = check(CheckOptions([str(tmp_path)], model=tiny_model_dir, jobs=jobs))
    assert [Path(file.path).name for file in result.files] == [f"b{name}.py" for name in names]
    assert all(file.functions for file in result.files)
    assert sorted(Path(error.path).name for error in result.errors) == [f"a{name}.ts" for name in names]
    # Each is tried twice, a tenth of a second; without the budget, each try would take three seconds.
    assert -12 * (parser_pool._RESTART + 0.11) < budgets[0].seconds < 0.0


def test_file_given_up_is_tried_once_more(
    tmp_path: Path, tiny_model_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(f"# {name}\n" + TERSE.read_text())
    given_up: list[str] = []

    def under_load(texts: list[ParserInput], *rest: object) -> list[object]:
        found = list(parse_all(texts, *rest))  # type: ignore[arg-type]
        late = [number for number, text in enumerate(texts) if "b.py" in text.text and not given_up]
        for number in late:
            given_up.append(texts[number].text)
            found[number] = ParseBudgetError("busy")
        return list(found)

    monkeypatch.setattr("codeorigin.analysis.outlines.parse_all", under_load)
    result = check(CheckOptions([str(tmp_path)], model=tiny_model_dir))
    assert len(given_up) == 1
    assert result.errors == ()
    assert [Path(file.path).name for file in result.files] == ["a.py", "b.py", "c.py"]
    assert all(file.functions for file in result.files)
