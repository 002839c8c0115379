"""The command, and what its two streams must contain."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from importlib import resources
from pathlib import Path
from typing import Any
from unittest.mock import patch

import jsonschema

from codeorigin.cli.app import main

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
TERSE = EXAMPLES / "terse_style.py"
COMMAND = (sys.executable, "-m", "codeorigin")
_WITH_SIGINT = """\
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from codeorigin.cli.app import main
sys.exit(main(sys.argv[1:]))
"""
INTERRUPTIBLE = (sys.executable, "-c", _WITH_SIGINT)
"""The command, with Ctrl-C as in a terminal: a background job of a script inherits SIGINT as ignored."""
PLAIN = {name: value for name, value in os.environ.items() if name not in {"FORCE_COLOR", "COLUMNS"}}


def run(
    *arguments: str | Path,
    stdin: bytes = b"",
    cwd: Path | None = None,
    environment: Mapping[str, str] = PLAIN,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command in this process: what a start costs is most of what a small check costs."""
    given, out, err = (io.TextIOWrapper(io.BytesIO(part), encoding="utf-8") for part in (stdin, b"", b""))
    with (
        patch.dict(os.environ, environment, clear=True),
        patch.object(sys, "stdin", given),
        redirect_stdout(out),
        redirect_stderr(err),
        chdir(cwd or "."),
    ):
        code = main([str(argument) for argument in arguments])
        for stream in (out, err):
            stream.flush()
    return subprocess.CompletedProcess(
        arguments,
        code,
        *(stream.buffer.getvalue() for stream in (out, err)),  # type: ignore[attr-defined]
    )


def load_schema(name: str) -> dict[str, Any]:
    """The schema ``name`` in the package, such as ``check/formats/report``."""
    text = resources.files("codeorigin").joinpath(f"{name}.schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def report_of(done: subprocess.CompletedProcess[bytes]) -> Any:
    """The JSON on stdout, which must contain nothing else and follow the schema."""
    report = json.loads(done.stdout)
    jsonschema.Draft202012Validator(load_schema("check/formats/report")).validate(report)
    return report


def check(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> tuple[int, Any, list[str]]:
    """Run a check: its exit code, its JSON report (None if there is none), the lines on stderr."""
    # Options must come before a ``--`` and what follows it.
    done = run("check", "--format", "json", *arguments, stdin=stdin, cwd=cwd)
    return done.returncode, report_of(done) if done.stdout else None, complaints(done)


def reported(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> Any:
    """The JSON report of a check, whatever its exit code."""
    return check(*arguments, stdin=stdin, cwd=cwd)[1]


def complaints(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    """The lines on stderr, each of which must be the program's own."""
    lines = done.stderr.decode().splitlines()
    assert all(line.startswith("codeorigin: ") for line in lines), lines
    return lines
