"""The page on the five systems: each command as written there, from making the data to the last line shown.

The classic recipe's command, which takes the longest, runs in ``test_recipes.py``, which also tests its run.
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from support.command import ROOT
from support.systems_page import CLASSIC, PAGE, SHOWN, missing, output_of, write_checkout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_checkout(tmp_path_factory.mktemp("checkout"))


printed = cache(output_of)
"""What a command prints; each runs once."""


@pytest.mark.parametrize("command", [command for command in SHOWN if command != CLASSIC], ids=str)
def test_commands_print_what_the_page_shows(command: str, checkout: Path) -> None:
    assert missing(command, printed(command, checkout)) == []


def study_command(name: str) -> str:
    return next(each for each in SHOWN if f" study {name} " in each)


def studies_page(checkout: Path) -> str:
    return (checkout / "runs" / "sample" / "studies" / "report.html").read_text("utf-8")


def figures(checkout: Path, study: str) -> dict[tuple[str, str, str], Any]:
    """The figures of a study by population, context and statistic."""
    path = checkout / "runs" / "sample" / "studies" / study / "study.json"
    sections = json.loads(path.read_text("utf-8"))["sections"]
    return {
        (row["population"], row["context"], row["statistic"]): row["value"]
        for section in sections
        for row in section["figures"]
    }


def test_representations_are_measured_once(checkout: Path) -> None:
    command = study_command("representations")
    printed(command, checkout)
    page = studies_page(checkout)
    for title in ("which belong together", "Evidence by construct"):
        assert title in page
    assert "fitted on all repositories" in page, "what ships has read what it is measured on"
    assert output_of(command, checkout).count("taken from") == 2
    assert studies_page(checkout) == page


def test_correctness_has_its_figures(checkout: Path) -> None:
    printed(study_command("correctness"), checkout)
    found = figures(checkout, "correctness")
    assert found["passes its tests", "of 1", "at least one"] == pytest.approx(0.75)
    human, other = (
        found[f"evades: {how}", "of 1", "at least one"] for how in ("called human", "not called llm")
    )
    assert 0 <= human <= other <= 1
    page = studies_page(checkout)
    for text in (
        "At least one of k published answers",
        "comments of the two exchanged",
        "2022 and later",
    ):
        assert text in page


def test_page_has_every_system_and_names_existing_tests() -> None:
    commands = " ".join(SHOWN)
    for name in ("check", "sample/classic.json", "language", "correctness", "representations", "heads"):
        assert name in commands
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", PAGE.read_text("utf-8")))
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).is_file()] == []
