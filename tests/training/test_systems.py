"""The page on the five systems: each command as written there, from making the data to the last line shown.

The classic recipe's command, which takes the longest, runs in ``test_recipes.py``, which also tests its run.
"""

import re
from pathlib import Path

import pytest

from support.command import ROOT
from support.systems_page import CLASSIC, PAGE, SHOWN, missing, output_of, write_checkout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkout(tmp_path_factory.mktemp("checkout"))


@pytest.mark.parametrize("command", [command for command in SHOWN if command != CLASSIC], ids=str)
def test_commands_print_what_the_page_shows(command: str, checkout: Path) -> None:
    assert missing(command, output_of(command, checkout)) == []


def test_page_has_every_system_and_names_existing_tests() -> None:
    commands = " ".join(SHOWN)
    for name in ("check", "sample/classic.json", "language", "correctness", "representations", "heads"):
        assert name in commands
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE.read_text("utf-8")))
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).is_file()] == []
