"""The command line itself: its version, and what it says about bad input."""

from pathlib import Path

import pytest

import codeorigin
from support.command import EXAMPLES, TERSE, complaints, run


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option: str) -> None:
    done = run(option)
    assert (done.returncode, done.stdout.decode()) == (0, f"codeorigin {codeorigin.__version__}\n")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["chekc"], "No such command 'chekc'"),
        (["explain"], "Missing argument 'FILE:LINE'"),
        (["check", TERSE, "--threshold", "1.5"], "--threshold"),
        (["check", TERSE, "--threshold", "high"], "--threshold"),
        (["check", TERSE, "--jobs", "0"], "--jobs"),
        (["check", TERSE, "--colour"], "--colour"),
        (["serve", "--log-level", "loud"], "--log-level"),
        (["check", TERSE, "--language", "klingon"], "unknown language"),
        (["check", TERSE, "--model", "/nowhere"], "manifest.json"),
        (["check", "-"], "--language"),
        (["check", TERSE, "--format", "text=/nowhere/report.txt"], "cannot write"),
        (["check", TERSE, "--format", f"text={EXAMPLES}"], "cannot write"),
        (["check", TERSE, "--settings", "{"], "--settings: is not valid JSON"),
        (["check", TERSE, "--settings", "[]"], "--settings: write a table"),
        (["check", TERSE, "--baseline", TERSE], "does not hold accepted findings; repair or delete it"),
        (["check", TERSE, "--baseline", TERSE, "--update-baseline"], "does not hold accepted findings"),
        (["check", TERSE, "--baseline", "/no/a.json", "--update-baseline"], "a.json cannot be written"),
        (["check", TERSE, "--no-baseline", "--update-baseline"], "give it without"),
        (["check", "--changed", "--staged"], "name one of them"),
        (["explain", TERSE], "FILE:LINE"),
        (["explain", f"{TERSE}:1"], "no function here"),
        (["explain", f"{TERSE}:99999"], "no function here"),
        (["explain", "gone.py:1"], "no such file"),
        (["explain", f"{EXAMPLES}:1"], "folder"),
        (["explain", f"{TERSE}:12", "--model", "/nowhere"], "manifest.json"),
        (["doctor", "--model", "/nowhere"], "manifest.json"),
        (["serve", "--log-file", "/nowhere/log"], "log"),
    ],
)
def test_bad_input_costs_one_line(arguments: list[str | Path], part: str) -> None:
    done = run(*arguments)
    (line,) = complaints(done)
    assert part in line
    assert done.returncode == 2
