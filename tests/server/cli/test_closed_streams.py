"""Streams that the caller has closed, or that are full: an exit code that is right, and no traceback."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from codeorigin.cli.app import main
from support.command import COMMAND, PLAIN, TERSE, run
from support.repositories import DECLARED, Repository

_SHELL = 'exec "$@" '
# Every command, with arguments that succeed in the folder of the fixture.
COMMANDS: dict[str, tuple[str, ...]] = {
    "version": ("--version",),
    "help": ("--help",),
    "help of a command": ("check", "--help"),
    "check": ("check", "clean.py"),
    "check as JSON": ("check", "clean.py", "--format", "json"),
    "check in processes": ("check", ".", "--jobs", "2"),
    "explain": ("explain", "clean.py:16"),
    "language": ("language", "clean.py"),
    "doctor": ("doctor",),
    "history": ("history", "."),
    "delta": ("delta", "report.json", "report.json"),
    "evaluate-declared": ("evaluate-declared", "."),
    "export": ("export", "."),
}


# All commands meet a full stdout themselves. Closed streams are opened, or found to be gone, in one place for all.
FULL = [(name, ">/dev/full", False) for name in COMMANDS]
UNBUFFERED = [(name, ">/dev/full", True) for name in ("help", "check as JSON")]
CLOSED = [(name, ">&-", False) for name in ("version", "help", "check", "check in processes")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a file, and a report about it."""
    line = 1 + TERSE.read_text().splitlines().index("def rpn(s):")
    code = "\n" * (16 - line) + TERSE.read_text()
    repository = Repository(tmp_path_factory.mktemp("streams") / "work")
    repository.commit({"clean.py": code}, date="2023-01-01", message=DECLARED)
    run("check", "clean.py", "--format", "json", "--output", "report.json", cwd=repository.folder)
    return repository.folder


def shell(
    folder: Path, arguments: Sequence[str], redirection: str, *, unbuffered: bool = False
) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in PLAIN.items() if name != "PYTHONUNBUFFERED"}
    environment["XDG_CACHE_HOME"] = str(folder.parent / "cache")
    if unbuffered:
        environment["PYTHONUNBUFFERED"] = "1"
    return subprocess.run(
        ["sh", "-c", _SHELL + redirection, "sh", *COMMAND, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("name", "redirection", "unbuffered"), [*FULL, *UNBUFFERED, *CLOSED])
def test_result_that_nobody_gets_is_an_error_in_one_line(
    folder: Path, name: str, redirection: str, unbuffered: bool
) -> None:
    done = shell(folder, COMMANDS[name], redirection, unbuffered=unbuffered)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("codeorigin: cannot write the output: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("name", ["version", "check in processes", "history"])
def test_without_any_stream_a_command_ends_with_an_error(folder: Path, name: str) -> None:
    done = shell(folder, COMMANDS[name], "<&- >&- 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "missing.py"), 2),
        (("check", "clean.py", "--fail-on-share", "1"), 0),
        (("check", "clean.py", "--threshold", "0"), 1),
        (("check", "clean.py", "--jobs", "2"), 0),
        (("check", "clean.py", "--colour"), 2),
        (("chekc",), 2),
        (("explain", "clean.py:1000"), 2),
        (("language", "missing.py"), 2),
        (("history", "missing"), 2),
        (("delta", "report.json", "missing.json"), 2),
        (("scan", "missing.txt", "--output", "scan"), 2),
        (("doctor", "--model", "missing"), 2),
    ],
)
def test_exit_code_does_not_need_stderr(folder: Path, arguments: Sequence[str], code: int) -> None:
    done = shell(folder, arguments, "2>/dev/full")
    assert (done.returncode, done.stderr) == (code, "")


@pytest.mark.parametrize("arguments", [("check", "missing.py"), ("chekc",)])
def test_exit_code_does_not_need_a_stderr_that_is_open(folder: Path, arguments: Sequence[str]) -> None:
    done = shell(folder, arguments, "2>&-")
    assert (done.returncode, done.stderr) == (2, "")


def test_report_in_a_file_needs_no_stream(folder: Path) -> None:
    arguments = ("check", "clean.py", "--format", "json", "--output", "again.json")
    done = shell(folder, arguments, "<&- >&- 2>&-")
    assert done.returncode == 0
    reports = [json.loads((folder / name).read_text()) for name in ("report.json", "again.json")]
    assert reports[0]["files"] == reports[1]["files"]


@pytest.mark.parametrize("redirection", [">/dev/full 2>&1", "<&- >&- 2>&-"])
def test_scan_needs_no_stream(folder: Path, tmp_path: Path, redirection: str) -> None:
    (tmp_path / "repositories.txt").write_text(f"{folder}\n")
    done = shell(folder, ("scan", f"{tmp_path}/repositories.txt", "--output", f"{tmp_path}/out"), redirection)
    assert done.returncode == 0
    assert (tmp_path / "out" / "report.html").stat().st_size > 1000


def test_server_without_a_client_ends(folder: Path) -> None:
    for redirection in ("<&-", ">&- </dev/null", "<&- >&- 2>&-"):
        done = shell(folder, ("serve",), redirection)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr


def test_traceback_of_debug_is_harmless_and_no_finding(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> int:
        raise ZeroDivisionError("a\n::add-mask::x ##[error]y")

    monkeypatch.setattr("codeorigin.cli.doctor.run_doctor", fail)
    assert main(["doctor", "--debug"]) == 2
    shown = capsys.readouterr().err
    assert "codeorigin: Traceback" in shown
    assert all(line.startswith("codeorigin: ") for line in shown.splitlines())
    assert "##[" not in shown
