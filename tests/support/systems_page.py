"""The page of the five systems: its commands as they are written there, and what it shows of their output."""

import re
from contextlib import chdir
from pathlib import Path

from typer.testing import CliRunner

from codeorigin_training.cli import app
from support import sample_data
from support.command import ROOT, run

PAGE = ROOT / "docs" / "contributing" / "systems.md"
_BLOCKS = re.findall(r"^```console\n\$ (.+)\n((?:.*\n)*?)```$", PAGE.read_text("utf-8"), re.MULTILINE)
_DATA, *_SYSTEMS = _BLOCKS
SHOWN: dict[str, str] = dict(_SYSTEMS)
"""The commands, without the one that makes the data, and the lines shown for each."""

CLASSIC = next(command for command in SHOWN if " build " in command)
_TRAINING = "python -m codeorigin_training "


def write_checkout(folder: Path) -> Path:
    """``folder``, laid out like the repository's root, with the page's data."""
    for name in ("examples", "models"):
        (folder / name).symlink_to(ROOT / name)
    made, said = _DATA
    with chdir(folder):
        name = made.removeprefix("PYTHONPATH=tests python -m support.sample_data ")
        assert sample_data.main([name]) == said.strip()
    return folder


def output_of(command: str, checkout: Path) -> str:
    """What ``command`` prints in ``checkout``."""
    with chdir(checkout):
        if command.startswith(_TRAINING):
            # In this process: loading the libraries again would take longer than the command.
            result = CliRunner().invoke(app, command.removeprefix(_TRAINING).split())
            assert result.exit_code == 0, result.output
            return result.output
        program, *arguments = command.split()
        assert program == "codeorigin"
        return run(*arguments).stdout.decode()


def missing(command: str, printed: str) -> list[str]:
    """The lines that the page shows for ``command`` and that ``printed`` lacks, whatever the numbers."""
    lines = _shape(printed)
    return [line for line in _shape(SHOWN[command]) if line not in lines]


def _shape(text: str) -> list[str]:
    """The lines of ``text`` with a 0 for every number, and one blank for several."""
    return [" ".join(re.sub(r"-?\d[\d.,]*", "0", line).split()) for line in text.splitlines()]
