"""The command with the shipped model; in a process of its own where streams and signals matter."""

import contextlib
import fcntl
import os
import pty
import re
import signal
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import IO

import pytest

from support.command import (
    COMMAND,
    EXAMPLES,
    INTERRUPTIBLE,
    PLAIN,
    ROOT,
    TERSE,
    check,
    reported,
    run,
)

CODE = TERSE.read_bytes()


def test_check_prints_one_line_per_function_and_the_totals() -> None:
    done = run("check", "examples", "--show", "all", "--verbose", cwd=ROOT)
    shown = done.stdout.decode()
    assert done.stderr == b""
    for name in ("rpn", "dijk", "wrap", "RetryWithBackoff", "GroupByCategory", "ValidateItem"):
        assert re.search(rf"(human|unsure|likely LLM) +examples/\w+\.(py|go):\d+-\d+ +{name}\n", shown), shown
    assert "6 functions in 2 files" in shown
    assert re.search(r"[\d,.]+ functions/s; peak memory [\d,]+ MiB", shown)
    assert done.returncode == (1 if " likely LLM " in shown else 0)


@pytest.mark.parametrize(("threshold", "code"), [("0", 1), ("1", 0)])
def test_threshold_decides_the_exit_code(threshold: str, code: int) -> None:
    exit_code, report, said = check(EXAMPLES, "--threshold", threshold)
    functions = {each["name"]: each for file in report["files"] for each in file["functions"]}
    assert (exit_code, report["summary"]["findings"], said) == (code, code * len(functions), [])
    assert len(functions) == 6
    assert functions["rpn"]["start_line"] == 1 + TERSE.read_text().splitlines().index("def rpn(s):")
    assert all(0 < function["probability"] < 1 for function in functions.values())


def test_totals_say_where_no_function_was_found(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("for number in range(3):\n    print(number)\n")
    assert run("check", "script.py", cwd=tmp_path).stdout.startswith(b"No function found in 1 file.\n")
    (tmp_path / "more.py").write_bytes(CODE)
    # Without a path, the current folder is checked.
    assert b" functions in 2 files (1 without)" in run("check", "-v", cwd=tmp_path).stdout
    summary = reported(".", cwd=tmp_path)["summary"]
    assert (summary["files"], summary["without_functions"]) == (2, 1)


def test_stdin_gives_the_same_result_as_the_file() -> None:
    from_file = reported(TERSE)["files"][0]["functions"]
    for options, path in ((("--stdin-filename", "a.py"), "a.py"), (("-l", "python"), "<stdin>")):
        (file,) = reported("-", *options, stdin=CODE)["files"]
        assert (file["path"], file["functions"]) == (path, from_file)


def test_bad_files_cost_one_line_each_and_the_rest_is_checked(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"\x7fELF\0\0\0")
    (tmp_path / "latin.py").write_bytes(b"# caf\xe9\n")
    (tmp_path / "large.py").write_bytes(b"x = 1\n" * 400_000)
    (tmp_path / "notes.txt").write_text("hello\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.py").write_bytes(CODE)
    reasons = {
        "gone.py": "no such file or folder",
        "bad\0name.py": "no such file or folder",
        "x" * 5000: "",
        "binary.py": "is a binary file",
        "latin.py": "is not UTF-8",
        "large.py": "is larger than 2,000,000 bytes",
        "notes.txt": "unknown language; set it with --language",
        "empty": "no source files of a supported language here (ignored and excluded files do not count)",
    }
    code, report, said = check(*reasons, "good.py", cwd=tmp_path)
    assert (code, [file["path"] for file in report["files"]]) == (2, ["good.py"])
    found = {error["path"]: error["message"] for error in report["errors"]}
    assert set(found) == set(reasons)
    assert all(found[path].startswith(reason) for path, reason in reasons.items())
    assert len(said) == len(reasons)
    assert all(f"codeorigin: {path}: {found[path]}" in said for path in reasons if "\0" not in path)


def test_undecodable_files_in_folders_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(b"# caf\xe9\n")
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_bytes(b"# \xe9\n")
    (tmp_path / "declared.py").write_bytes(b"# coding: latin-1\n# caf\xe9\n" + CODE)
    (tmp_path / "good.py").write_bytes(CODE)
    code, report, said = check(".", "--threshold", "0", cwd=tmp_path)
    assert (code, [file["path"] for file in report["files"]]) == (1, ["declared.py", "good.py"])
    reasons = {"caf\\xe9.py": "is not UTF-8 (byte 2)", "latin.py": "is not UTF-8 (byte 5)"}
    assert report["errors"] == [
        {"path": path, "message": f"{reason}; save it as UTF-8", "skipped": True}
        for path, reason in reasons.items()
    ]
    assert (report["summary"]["errors"], report["summary"]["skipped"]) == (0, 2)
    skipped = "codeorigin: {}: skipped: {}; save it as UTF-8"
    assert said == [skipped.format(*each) for each in reasons.items()]
    for order in ((".", "latin.py", "good.py"), ("latin.py", ".", "good.py")):
        assert run("check", *order, cwd=tmp_path).returncode == 2, "what is named must be checked"
    assert run("check", ".", "--exclude", "good.py", "--exclude", "declared.py", cwd=tmp_path).returncode == 2


def test_errors_outrank_findings(tmp_path: Path) -> None:
    found = ("check", TERSE, "--threshold", "0")
    done = run(*found, tmp_path / "gone.py")
    assert done.returncode == 2
    assert b"3 of 3 functions are likely LLM; 0 unsure, 0 human.\n1 file not checked." in done.stdout
    assert run(*found, "--exit-zero").returncode == 0
    assert run(*found, "--exit-zero", tmp_path / "gone.py").returncode == 2


@pytest.mark.parametrize(("report_format", "unbuffered"), [("text", ""), ("json", "1")])
def test_closed_output_pipe_is_not_reported_as_an_error(
    report_format: str, unbuffered: str, tmp_path: Path
) -> None:
    (tmp_path / "many.py").write_text("".join(f"def f{number}(): pass\n" for number in range(3000)))
    with subprocess.Popen(
        [*COMMAND, "check", str(tmp_path), "--show", "all", "--format", report_format],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**PLAIN, "PYTHONUNBUFFERED": unbuffered},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() != b""
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def unread(pipe: IO[bytes]) -> int:
    """The number of bytes in ``pipe`` that its reader has not read yet."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def test_interrupt_gives_one_line_and_its_exit_code() -> None:
    with subprocess.Popen(
        [*INTERRUPTIBLE, "check", "-", "--language", "python"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=PLAIN,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        # More than a pipe holds: once this is written, the command is reading and has loaded all it needs.
        process.stdin.write(b"x = 1\n" * 100_000)
        process.stdin.flush()
        while unread(process.stdin):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        # A signal between two reads takes effect only when the next one returns: the end of the input does that.
        process.stdin.close()
        assert process.stderr.read() == b"codeorigin: interrupted\n"
    assert process.returncode == 130


def on_a_terminal(*arguments: str | Path) -> str:
    """What the command writes to stderr when that is a terminal."""
    master, slave = pty.openpty()
    command = [*COMMAND, *map(str, arguments)]
    environment = {**PLAIN, "TERM": "xterm"}
    written = b""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=slave, env=environment):
        os.close(slave)
        # Once the other end is closed, reading fails.
        with contextlib.suppress(OSError):
            while part := os.read(master, 65536):
                written += part
    os.close(master)
    return written.decode()


def test_progress_shows_on_a_terminal_without_garbling_errors(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(b"# caf\xe9\n")
    shown = on_a_terminal("check", EXAMPLES, tmp_path)
    # The line of the progress is erased before an error, and at the end.
    assert re.search(r"\r\x1b\[Kcodeorigin: \S+latin\.py: skipped: is not UTF-8", shown)
    assert shown.endswith("\r\x1b[K")
