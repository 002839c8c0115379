"""The command line itself: options, usage errors, and that it loads nothing before it must."""

import pytest
import typer
from typer.testing import CliRunner

import codeorigin
from codeorigin.cli.app import app, main


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(option: str) -> None:
    result = CliRunner().invoke(app, [option])
    assert result.exit_code == 0
    assert result.stdout == f"codeorigin {codeorigin.__version__}\n"


COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_command_has_help(command: list[str]) -> None:
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    assert "Usage: codeorigin" in result.stdout or "Usage: root" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["chekc"], "No such command 'chekc'"),
        (["explain"], "Missing argument 'FILE:LINE'"),
        (["check", "x.py", "--threshold", "1.5"], "--threshold"),
        (["check", "x.py", "--threshold", "high"], "--threshold"),
        (["check", "x.py", "--threads", "0"], "--threads"),
        (["check", "x.py", "--colour"], "--colour"),
        (["explain", "x.py:1", "--ig-baseline", "noise"], "--ig-baseline"),
        (["explain", "x.py:1", "--nodes", "0"], "--nodes"),
        (["serve", "--log-level", "loud"], "--log-level"),
    ],
)
def test_usage_errors_cost_one_line(
    arguments: list[str], part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("codeorigin: ")
    assert captured.err.count("\n") == 1
    assert part in captured.err
    assert captured.err.endswith("(see codeorigin --help)\n")


def test_no_arguments_print_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    captured = capsys.readouterr()
    assert "explain" in captured.out
    assert captured.err == ""
