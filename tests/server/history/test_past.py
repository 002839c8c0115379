"""The history of a repository with a past."""

import json
from pathlib import Path

import pytest

from codeorigin.settings.project import SHALLOW
from support.command import complaints, run
from support.repositories import DECLARED, Repository, plain_functions
from support.tiny_model import PAST_RULE, with_past_rule, with_reference_rule


@pytest.fixture
def grown(tmp_path: Path) -> Repository:
    """A repository with old functions and new ones."""
    made = Repository(tmp_path / "grown")
    made.commit({"old.py": plain_functions("one", "two", "three", "four", "five")}, date="2021-01-01")
    made.commit({"new.py": plain_functions("six", "seven", number=7)}, date="2024-05-01")
    return made


def test_shallow_clone_says_that_it_has_no_past(tmp_path: Path, model: Path) -> None:
    with_past_rule(model, model, PAST_RULE)
    made = Repository(tmp_path / "whole")
    for day in (1, 2):
        made.commit({"a.py": plain_functions("one", number=day)}, date=f"2024-01-0{day}")
    made.git("clone", "-q", "--depth", "1", f"file://{made.folder}", str(tmp_path / "shallow"))
    given = ("history", tmp_path / "shallow", "--model", model, "--state", tmp_path / "state", "--jobs", "1")
    assert complaints(run(*given)) == [f"codeorigin: {SHALLOW}"]
    assert complaints(run(*given, "--no-past")) == []


def test_text_says_what_was_compared(grown: Repository, model: Path) -> None:
    with_past_rule(model, model, PAST_RULE)

    def history(*options: str) -> str:
        return run("history", grown.folder, "--jobs", "1", "--model", model, *options).stdout.decode()

    assert "Compared with this project's own 5 functions from before December 2022" in history()
    assert "December 2022" not in history("--no-past")


def test_commit_has_the_verdict_of_a_check_until_records_declare_functions(
    grown: Repository, tmp_path: Path, model: Path
) -> None:
    with_reference_rule(model, model)
    commit = grown.git("rev-parse", "HEAD")
    given = ("--model", model, "--format", "json", "--jobs", "1")

    def of_history(*options: str | Path) -> float:
        found = json.loads(run("history", grown.folder, *given, *options).stdout)["commits"]
        return next(float(each["logit"]) for each in found if each["commit"] == commit)

    def of_check() -> float:
        done = run("check", "--commit", commit, *given, cwd=grown.folder)
        return float(json.loads(done.stdout)["change"]["verdict"]["logit"])

    before = of_history()
    assert before == pytest.approx(of_check(), abs=1e-9)
    assert before != pytest.approx(of_history("--no-past"), abs=1e-3)
    grown.commit(
        {"agent.py": plain_functions("eight", "nine", number=9)}, date="2024-06-01", message=DECLARED
    )
    # What is declared later changes a check, and nothing that a history has judged.
    assert of_check() != pytest.approx(before, abs=1e-6)
    assert of_history() == before
    assert of_history("--state", tmp_path / "another") == before
