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

from support.command import COMMAND, EXAMPLES, INTERRUPTIBLE, PLAIN, ROOT, TERSE, complaints, report_of, run


def test_check_prints_one_line_per_function_and_the_totals() -> None:
    done = run("check", "examples", "--show", "all", "--verbose", cwd=ROOT)
    shown = done.stdout.decode()
    assert done.stderr == b""
    for name in ("rpn", "dijk", "wrap", "RetryWithBackoff", "GroupByCategory", "ValidateItem"):
        assert re.search(rf"(human|unsure|llm) +examples/\w+\.(py|go):\d+-\d+ +{name}\n", shown), shown
    assert "6 functions in 2 files" in shown
    assert re.search(r"[\d,.]+ functions/s; peak memory \d+ MiB", shown)
    assert done.returncode == (1 if " llm " in shown else 0)


def test_json_follows_its_schema_and_stdout_has_nothing_else() -> None:
    done = run("check", "examples", "--format", "json", cwd=ROOT)
    report = report_of(done)
    functions = {f["name"]: f for file in report["files"] for f in file["functions"]}
    assert functions["rpn"]["start_line"] == 1 + TERSE.read_text().splitlines().index("def rpn(s):")
    assert all(0 < function["probability"] < 1 for function in functions.values())
    assert report["summary"]["findings"] == sum(f["band"] == "llm" for f in functions.values())
    assert done.stderr == b""


@pytest.mark.parametrize(("threshold", "code", "findings"), [("0", 1, 6), ("1", 0, 0)])
def test_threshold_decides_the_exit_code(threshold: str, code: int, findings: int) -> None:
    done = run("check", EXAMPLES, "--threshold", threshold, "--format", "json")
    assert done.returncode == code
    assert report_of(done)["summary"]["findings"] == findings


@pytest.mark.parametrize("report_format", ["text", "json", "sarif", "html", "github"])
def test_every_format_can_be_written_to_a_file(report_format: str, tmp_path: Path) -> None:
    output = tmp_path / "report"
    done = run("check", TERSE, "--format", report_format, "--output", output, "--threshold", "0")
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    assert "rpn" in output.read_text("utf-8")


def test_totals_say_where_no_function_was_found(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text("for number in range(3):\n    print(number)\n")
    assert run("check", "script.py", cwd=tmp_path).stdout.startswith(b"No function found in 1 file.\n")
    (tmp_path / "more.py").write_bytes(TERSE.read_bytes())
    assert b" functions in 2 files (1 without)" in run("check", "-v", cwd=tmp_path).stdout
    summary = report_of(run("check", ".", "-f", "json", cwd=tmp_path))["summary"]
    assert (summary["files"], summary["without_functions"]) == (2, 1)


def test_stdin_gives_the_same_result_as_the_file() -> None:
    from_file = report_of(run("check", TERSE, "--format", "json"))
    arguments = ("check", "-", "--stdin-filename", "terse_style.py", "--format", "json")
    from_stdin = report_of(run(*arguments, stdin=TERSE.read_bytes()))
    by_language = report_of(run("check", "-", "-l", "python", "-f", "json", stdin=TERSE.read_bytes()))
    assert from_stdin["files"][0]["functions"] == from_file["files"][0]["functions"]
    assert by_language["files"][0]["functions"] == from_file["files"][0]["functions"]
    assert [r["files"][0]["path"] for r in (from_stdin, by_language)] == ["terse_style.py", "<stdin>"]


def test_bad_files_cost_one_line_each_and_the_rest_is_checked(tmp_path: Path) -> None:
    (tmp_path / "binary.py").write_bytes(b"\x7fELF\0\0\0")
    (tmp_path / "latin.py").write_bytes("# caf\xe9\n".encode("latin-1"))
    (tmp_path / "large.py").write_bytes(b"x = 1\n" * 9_000_000)
    (tmp_path / "notes.txt").write_text("hello\n")
    (tmp_path / "empty").mkdir()
    (tmp_path / "good.py").write_bytes(TERSE.read_bytes())
    names = ["gone.py", "binary.py", "latin.py", "large.py", "notes.txt", "empty", "good.py"]
    done = run("check", *names, "--format", "json", cwd=tmp_path)
    report = report_of(done)
    assert done.returncode == 2
    assert [file["path"] for file in report["files"]] == ["good.py"]
    said = {error["path"]: error["message"] for error in report["errors"]}
    assert set(said) == set(names) - {"good.py"}
    for path, part in {
        "gone.py": "no such file",
        "binary.py": "binary",
        "latin.py": "not UTF-8",
        "large.py": "larger than",
        "notes.txt": "--language",
        "empty": "no source files",
    }.items():
        assert part in said[path]
    assert sorted(complaints(done)) == sorted(f"codeorigin: {path}: {said[path]}" for path in said)


def test_undecodable_files_in_folders_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes("# caf\xe9\n".encode("latin-1"))
    (tmp_path / "declared.py").write_bytes(b"# coding: latin-1\n# caf\xe9\n" + TERSE.read_bytes())
    (tmp_path / "good.py").write_bytes(TERSE.read_bytes())
    walked = run("check", ".", "--threshold", "0", "--format", "json", cwd=tmp_path)
    report = report_of(walked)
    assert walked.returncode == 1
    assert [file["path"] for file in report["files"]] == ["declared.py", "good.py"]
    message = "is not UTF-8 (byte 5); save it as UTF-8"
    assert report["errors"] == [{"path": "latin.py", "message": message, "skipped": True}]
    assert (report["summary"]["errors"], report["summary"]["skipped"]) == (0, 1)
    assert complaints(walked) == [f"codeorigin: latin.py: skipped: {message}"]

    for order in ((".", "latin.py", "good.py"), ("latin.py", ".", "good.py")):
        assert run("check", *order, cwd=tmp_path).returncode == 2, "what is named must be checked"
    assert run("check", ".", "--exclude", "good.py", "--exclude", "declared.py", cwd=tmp_path).returncode == 2


def test_errors_outrank_findings(tmp_path: Path) -> None:
    done = run("check", TERSE, tmp_path / "gone.py", "--threshold", "0")
    assert done.returncode == 2
    assert b"3 of 3 functions look LLM-written; 0 unsure, 0 human.\n1 file not checked." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("check", TERSE, "--language", "klingon"), "unknown language"),
        (("check", TERSE, "--model", "/nowhere"), "manifest.json"),
        (("check", "-"), "--language"),
        (("check", TERSE, "--output", "/nowhere/report.txt"), "cannot write"),
        (("check", TERSE, "--output", EXAMPLES), "cannot write"),
        (("explain", TERSE), "FILE:LINE"),
        (("explain", f"{TERSE}:1"), "no function here"),
        (("explain", f"{TERSE}:99999"), "no function here"),
        (("explain", "gone.py:1"), "no such file"),
        (("explain", f"{EXAMPLES}:1"), "folder"),
        (("explain", f"{TERSE}:12", "--model", "/nowhere"), "manifest.json"),
        (("serve", "--log-file", "/nowhere/log"), "log"),
    ],
)
def test_bad_input_gives_one_line_and_exit_code_two(arguments: tuple[str | Path, ...], part: str) -> None:
    done = run(*arguments)
    (line,) = complaints(done)
    assert part in line
    assert done.returncode == 2


@pytest.mark.parametrize("command", [("check", TERSE), ("explain", f"{TERSE}:12"), ("doctor",)])
def test_broken_model_is_rejected(command: tuple[str | Path, ...], broken_model: Path) -> None:
    done = run(*command, "--model", broken_model)
    (line,) = complaints(done)
    assert "SHA-256 differs from the manifest" in line
    assert "reinstall" in line
    assert done.returncode == 2


def test_hostile_names_are_escaped(tmp_path: Path) -> None:
    name = "a[red]\x1b[31m\n::error::x.py"
    (tmp_path / name).write_bytes(TERSE.read_bytes())
    for report_format in ("text", "github"):
        done = run("check", ".", "--format", report_format, "--threshold", "0", cwd=tmp_path)
        assert b"\x1b" not in done.stdout
        assert b"a[red]\\x1b[31m\\x0a" in done.stdout
        assert not any(line.startswith(b"::error") for line in done.stdout.splitlines())
    assert report_of(run("check", name, "--format", "json", cwd=tmp_path))["files"][0]["path"] == name


def test_bad_file_with_a_non_utf8_name_is_reported(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.py")).write_bytes(b"# \xe9\n")
    done = run("check", ".", "--format", "json", cwd=tmp_path)
    (error,) = report_of(done)["errors"]
    assert error["path"] == "caf\\xe9.py"
    assert error["message"].startswith("is not UTF-8")
    assert complaints(done) == [f"codeorigin: caf\\xe9.py: skipped: {error['message']}"]


def many_functions(path: Path) -> Path:
    path.write_text("".join(f"def f{number}(): pass\n" for number in range(3000)))
    return path


@pytest.mark.parametrize("report_format", ["text", "json"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_closed_output_pipe_is_not_reported_as_an_error(
    report_format: str, unbuffered: str, tmp_path: Path
) -> None:
    source = many_functions(tmp_path / "many.py")
    with subprocess.Popen(
        [*COMMAND, "check", str(source), "--show", "all", "--format", report_format],
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
        # A signal between two reads takes effect only when the next one returns, so send it when the command waits for
        # more input. If it still comes too early, send it again: a person would press the keys again, too.
        while unread(process.stdin):
            time.sleep(0.01)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
        assert process.stderr.read() == b"codeorigin: interrupted\n"
    assert process.returncode == 130


def on_a_terminal(*arguments: str | Path) -> str:
    """What the command writes to stderr when that is a terminal."""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=slave,
        env={**PLAIN, "TERM": "xterm"},
    ):
        os.close(slave)
        written = b""
        while True:
            try:
                part = os.read(master, 65536)
            except OSError:
                break
            if not part:
                break
            written += part
    os.close(master)
    return written.decode()


def test_progress_shows_on_a_terminal_without_garbling_errors(tmp_path: Path) -> None:
    (tmp_path / "latin.py").write_bytes(b"# caf\xe9\n")
    shown = on_a_terminal("check", EXAMPLES, tmp_path)
    # The line of the progress is erased before an error, and at the end.
    assert re.search(r"\r\x1b\[Kcodeorigin: \S+latin\.py: skipped: is not UTF-8", shown)
    assert shown.endswith("\r\x1b[K")


METHOD = """\
public function total(array $items): int
{
    $sum = 0;
    foreach ($items as $item) {
        $sum += $item->price;
    }
    return $sum;
}
"""


@pytest.mark.parametrize("tag", ["", "<?php\n\n"])
def test_method_without_its_class_gets_the_same_verdict_as_inside_it(tag: str, tmp_path: Path) -> None:
    (tmp_path / "alone.php").write_text(tag + METHOD)
    (tmp_path / "Cart.php").write_text(f"<?php\nclass Cart\n{{\n{METHOD}}}\n")
    report = report_of(run("check", "alone.php", "Cart.php", "-f", "json", cwd=tmp_path))
    alone, inside = (file["functions"][0] for file in report["files"])
    piped = report_of(run("check", "-", "-l", "php", "-f", "json", stdin=(tag + METHOD).encode()))
    assert (alone["name"], alone["start_line"]) == ("total", 1 + tag.count("\n"))
    assert alone["logit"] == inside["logit"] is not None
    assert piped["files"][0]["functions"] == [alone]


def test_current_folder_is_checked_without_a_path(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(TERSE.read_bytes())
    done = run("check", "--threshold", "0", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout.splitlines()[1].split()[1].startswith(b"a.py:")


def test_exit_zero_hides_findings_but_no_errors(tmp_path: Path) -> None:
    found = ("check", TERSE, "--threshold", "0", "--exit-zero")
    assert run(*found).returncode == 0
    assert run(*found, "--fail-on-share", "0").returncode == 0
    assert run(*found, tmp_path / "gone.py").returncode == 2
    assert run("check", tmp_path / "gone.py", "--exit-zero").returncode == 2
