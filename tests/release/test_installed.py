"""The built files, installed as the README says and with what they need, give a command that judges code."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import codeorigin
from support.command import EXAMPLES, PLAIN, ROOT
from support.documents import blocks

WAYS = {"uv tool install": "whl", "pipx install": "whl", "pip install": "tar.gz"}
"""The README's commands, and what each installs here."""


def environment(home: Path) -> dict[str, str]:
    """Nothing of the user's, nor of the tests' environment; the programs under test come first on the path."""
    programs = [home / "bin", home / "venv" / "bin", Path(sys.executable).parent]
    kept = {name: value for name, value in PLAIN.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return kept | {
        "HOME": str(home),
        "PATH": os.pathsep.join([*map(str, programs), PLAIN["PATH"]]),
        "UV_TOOL_DIR": str(home / "tools"),
        "UV_TOOL_BIN_DIR": str(home / "bin"),
        "PIPX_HOME": str(home / "pipx"),
        "PIPX_BIN_DIR": str(home / "bin"),
    }


def test_readme_names_these_ways_to_install() -> None:
    shown = "\n".join(blocks("sh", ROOT / "README.md"))
    assert re.findall(r"^(.* install) \. ", shown, re.MULTILINE) == list(WAYS)


@pytest.mark.parametrize(("command", "kind"), WAYS.items())
def test_installed_command_judges_the_examples(command: str, kind: str, built: Path, tmp_path: Path) -> None:
    (package,) = built.glob(f"*.{kind}")

    def run(*arguments: str | Path, code: int = 0) -> str:
        done = subprocess.run(
            arguments, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    if command == "pip install":
        run(sys.executable, "-m", "venv", tmp_path / "venv")
    run(*command.split(), package)
    assert run("codeorigin", "--version") == f"codeorigin {codeorigin.__version__}\n"
    assert "RetryWithBackoff" in run("codeorigin", "check", EXAMPLES, code=1)
    assert "ok" in run("codeorigin", "doctor")
