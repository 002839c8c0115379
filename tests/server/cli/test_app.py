"""The command line itself: its version and usage errors."""

import pytest

import codeorigin
from support.command import run


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option: str) -> None:
    done = run(option)
    assert (done.returncode, done.stdout.decode()) == (0, f"codeorigin {codeorigin.__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["chekc"], "No such command 'chekc'"),
        (["explain"], "Missing argument 'FILE:LINE'"),
        (["check", "x.py", "--threshold", "1.5"], "--threshold"),
        (["check", "x.py", "--threshold", "high"], "--threshold"),
        (["check", "x.py", "--threads", "0"], "--threads"),
        (["check", "x.py", "--colour"], "--colour"),
        (["serve", "--log-level", "loud"], "--log-level"),
    ],
)
def test_usage_errors_cost_one_line(arguments: list[str], part: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("codeorigin: ")
    assert part in line
    assert line.endswith("(see codeorigin --help)")
