"""``serve`` hands over to the language server and passes on its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from codeorigin.cli.app import LogLevel
from codeorigin.cli.serve import LOG_LEVELS, TOKEN_VARIABLE, ServeOptions, choose_token, plain_options
from codeorigin.lsp.connection import logs

COMMAND = (sys.executable, "-m", "codeorigin", "serve")


def framed(message: dict[str, object]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


CONVERSATION = (
    framed(
        {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}}
    )
    + framed({"method": "initialized", "params": {}})
    + framed({"id": 2, "method": "shutdown"})
    + framed({"method": "exit"})
)


def test_usual_editor_options_are_parsed_without_the_command_line() -> None:
    assert plain_options([]) == ServeOptions()
    given = ["--log-level", "error", "--model=/m", "--log-file", "l"]
    assert plain_options(given) == ServeOptions(log_level="error", model=Path("/m"), log_file=Path("l"))
    assert LOG_LEVELS == logs.LEVELS
    assert set(LOG_LEVELS) == {level.value for level in LogLevel}


@pytest.mark.parametrize(
    "given",
    [
        ["--help"],
        ["--tcp", "127.0.0.1:0"],
        ["--log-level"],
        ["--log-level", "loud"],
        ["--log-level="],
        ["--log-file", "--model"],
        ["--model", "a", "--model", "b"],
        ["--debug"],
        ["x"],
    ],
)
def test_other_options_are_left_to_the_command_line(given: list[str]) -> None:
    assert plain_options(given) is None


def test_stdio_carries_only_the_protocol() -> None:
    done = subprocess.run(
        [*COMMAND, "--log-level", "error"], input=CONVERSATION, capture_output=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.startswith(b"Content-Length: ")
    assert b'"capabilities"' in done.stdout


def test_client_that_disconnects_without_exit_is_a_failure() -> None:
    done = subprocess.run([*COMMAND], input=b"", capture_output=True, check=False)
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--tcp", "0.0.0.0:0"), "other machines can reach this address"),
        (("--tcp", "[::]:0"), "other machines can reach this address"),
        (("--tcp", "127.0.0.1:0", "--socket", "x"), "choose one"),
        (("--token-file", "x"), "belong to --tcp"),
        (("--allow-remote",), "belong to --tcp"),
        (("--tcp", "127.0.0.1:0", "--token-file", "/nowhere/token"), "cannot read the token"),
        (("--tcp", "127.0.0.1:0", "--token-file", "/dev/zero"), "not a regular file"),
        (("--tcp", "127.0.0.1:0", "--token-file", "short"), "16 to 1024 characters"),
        (("--socket", "folder"), "something else has this name"),
        (("--socket", "x" * 200), "cannot listen on"),
    ],
)
def test_invalid_options_cost_one_line(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    (tmp_path / "short").write_text("guess me")
    (tmp_path / "folder").mkdir()
    done = subprocess.run(
        [*COMMAND, *options], input=b"", capture_output=True, check=False, cwd=tmp_path, timeout=100
    )
    assert done.returncode == 2
    assert done.stdout == b""
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("codeorigin: ")
    assert message in line


def test_token_comes_from_the_file_or_the_environment_or_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text("from the file, long\n")
    monkeypatch.setenv(TOKEN_VARIABLE, "from the environment")
    assert choose_token(file) == ("from the file, long", False)
    monkeypatch.setenv(TOKEN_VARIABLE, "from the environment")
    assert choose_token(None) == ("from the environment", False)
    assert TOKEN_VARIABLE not in os.environ
    (first, is_new), (second, _) = choose_token(None), choose_token(None)
    assert is_new
    assert first != second
    assert len(first) >= 32
