"""The page of the five systems: each command as it is written there, from making the data to the last line shown."""

import re
import subprocess
from pathlib import Path

import pytest
from tests.support.command import COMMAND, PLAIN, ROOT
from typer.testing import CliRunner

from codeorigin_training.__main__ import app
from support import sample_data

PAGE = ROOT / "docs" / "systems.md"
BLOCKS = re.findall(r"^```console\n\$ (.+)\n((?:.*\n)*?)```$", PAGE.read_text("utf-8"), re.MULTILINE)
DATA, *SYSTEMS = BLOCKS
TRAINING = "python -m codeorigin_training "


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place like the repository's root, in which the page's data are made."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in ("examples", "models"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def output_of(command: str) -> str:
    if command.startswith(TRAINING):
        # In this process: loading the libraries anew would take longer than the command.
        result = CliRunner().invoke(app, command.removeprefix(TRAINING).split())
        assert result.exit_code == 0, result.output
        return result.output
    program, *arguments = command.split()
    assert program == "codeorigin"
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, env=PLAIN, check=False)
    return done.stdout


def shape(text: str) -> list[str]:
    """The lines of ``text`` with a 0 for every number, and one blank for many."""
    return [" ".join(re.sub(r"-?\d[\d.,]*", "0", line).split()) for line in text.splitlines()]


@pytest.mark.parametrize(("command", "shown"), SYSTEMS, ids=[command for command, _ in SYSTEMS])
def test_a_command_of_the_page_prints_what_the_page_shows(
    command: str, shown: str, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    if not Path("sample").exists():
        made, said = DATA
        name = made.removeprefix("PYTHONPATH=tests python -m support.sample_data ")
        assert sample_data.main([name]) == said.strip()
    printed = shape(output_of(command))
    assert [line for line in shape(shown) if line not in printed] == []


def test_the_page_has_every_system_and_names_tests_that_are_there() -> None:
    commands = " ".join(command for command, _ in SYSTEMS)
    for name in ("check", "sample/classic.json", "language", "correctness", "representations", "heads"):
        assert name in commands
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE.read_text("utf-8")))
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).is_file()] == []
