"""Streams that the caller has closed, or that are full: an exit code that is right, and no traceback."""

import io
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path
from unittest.mock import patch

import pytest

from codeorigin.cli.app import main
from support.command import COMMAND, PLAIN, TERSE, run
from support.repositories import DECLARED, Repository

_SHELL = 'exec "$@" '
# Every command, with arguments that succeed in the folder of the fixture.
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("--version",),
    ("--help",),
    ("check", "--help"),
    ("check", "clean.py"),
    ("check", "clean.py", "--format", "json"),
    ("explain", "clean.py:16"),
    ("language", "clean.py"),
    ("doctor",),
    ("history", "."),
    ("blame", "clean.py"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with a file, and a report about it."""
    line = 1 + TERSE.read_text().splitlines().index("def rpn(s):")
    code = "\n" * (16 - line) + TERSE.read_text()
    repository = Repository(tmp_path_factory.mktemp("streams") / "work")
    repository.commit({"clean.py": code}, date="2023-01-01", message=DECLARED)
    run("check", "clean.py", "--format", "json=report.json", cwd=repository.folder)
    return repository.folder


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in PLAIN.items() if name != "PYTHONUNBUFFERED"}
    return kept | {"XDG_CACHE_HOME": str(folder.parent / "cache")}


def shell(
    folder: Path, arguments: Sequence[str], redirection: str, *, unbuffered: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    more = {"PYTHONUNBUFFERED": "1"} if unbuffered else {}
    return subprocess.run(
        ["sh", "-c", _SHELL + redirection, "sh", *COMMAND, *arguments],
        cwd=folder, env=environment(folder) | more, capture_output=True, text=True, check=False,
    )  # fmt: skip


def with_full(stream: str, folder: Path, arguments: Sequence[str]) -> tuple[int, str]:
    """Run the command in this process: its exit code, and what the other of stdout and stderr gets."""
    other, said = {"stdout": "stderr", "stderr": "stdout"}[stream], io.StringIO()
    with (
        Path("/dev/full").open("w", encoding="utf-8") as full,
        patch.object(sys, stream, full),
        patch.object(sys, other, said),
        patch.dict("os.environ", environment(folder), clear=True),
        chdir(folder),
    ):
        return main(list(arguments)), said.getvalue()


def is_one_line(said: str) -> bool:
    return said.startswith("codeorigin: cannot write the output: ") and said.count("\n") == 1


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_result_that_nobody_gets_is_an_error_in_one_line(folder: Path, arguments: Sequence[str]) -> None:
    code, said = with_full("stdout", folder, arguments)
    assert (code, is_one_line(said)) == (2, True), said


@pytest.mark.parametrize(
    ("arguments", "redirection", "unbuffered"),
    [
        # The interpreter writes what is left when it ends, too.
        (("--version",), ">/dev/full", False),
        (("check", "clean.py"), ">/dev/full", False),
        (("check", "clean.py", "--format", "json"), ">/dev/full", True),
        # Closed streams are opened, or found to be gone, in one place for all commands.
        (("--version",), ">&-", False),
        (("check", ".", "--jobs", "2"), ">&-", False),
    ],
)
def test_process_whose_result_nobody_gets_says_so_once(
    folder: Path, arguments: Sequence[str], redirection: str, unbuffered: bool
) -> None:
    done = shell(folder, arguments, redirection, unbuffered=unbuffered)
    assert (done.returncode, done.stdout, is_one_line(done.stderr)) == (2, "", True), done.stderr


@pytest.mark.parametrize("arguments", [("--version",), ("check", ".", "--jobs", "2")])
def test_without_any_stream_a_command_ends_with_an_error(folder: Path, arguments: Sequence[str]) -> None:
    done = shell(folder, arguments, "<&- >&- 2>&-")
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "missing.py"), 2),
        (("check", "clean.py", "--exit-zero"), 0),
        (("check", "clean.py", "--threshold", "0"), 1),
        (("check", "clean.py", "--colour"), 2),
        (("chekc",), 2),
        (("explain", "clean.py:1000"), 2),
        (("language", "missing.py"), 2),
        (("history", "missing"), 2),
        (("scan", "missing.txt", "--out", "scan"), 2),
        (("doctor", "--model", "missing"), 2),
    ],
)
def test_exit_code_does_not_need_stderr(folder: Path, arguments: Sequence[str], code: int) -> None:
    assert with_full("stderr", folder, arguments)[0] == code


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
def test_process_ends_with_its_exit_code_without_stderr(folder: Path, redirection: str) -> None:
    done = shell(folder, ("check", "missing.py"), redirection)
    assert (done.returncode, done.stderr) == (2, "")


def test_reports_in_files_need_no_stream(folder: Path, tmp_path: Path) -> None:
    arguments = ("check", "clean.py", "--format", "json=again.json")
    assert shell(folder, arguments, "<&- >&- 2>&-").returncode == 0
    reports = [json.loads((folder / name).read_text()) for name in ("report.json", "again.json")]
    assert reports[0]["files"] == reports[1]["files"]
    (tmp_path / "repositories.txt").write_text(f"{folder}\n")
    given = ("scan", f"{tmp_path}/repositories.txt", "--out", f"{tmp_path}/out", "--jobs", "1")
    assert shell(folder, given, "<&- >&- 2>&-").returncode == 0
    assert (tmp_path / "out" / "report.html").stat().st_size > 1000


@pytest.mark.parametrize("redirection", ["<&-", ">&- </dev/null", "<&- >&- 2>&-"])
def test_server_without_a_client_ends(folder: Path, redirection: str) -> None:
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
