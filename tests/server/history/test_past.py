"""The history of a repository with a past."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codeorigin.cli.app import main
from codeorigin.settings.project import SHALLOW
from support.command import complaints, run
from support.repositories import DECLARED, Repository, plain_functions
from support.tiny_model import PAST_RULE, with_past_rule, with_reference_rule

History = Callable[..., str]


@pytest.fixture
def history(
    tmp_path: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> History:
    """``history(options...)``: the report, by a model with all rules, with the results kept from run to run."""
    with_past_rule(model, model, PAST_RULE)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    made = Repository(tmp_path / "grown")
    made.commit({"old.py": plain_functions("one", "two", "three", "four", "five")}, date="2021-01-01")
    made.commit({"new.py": plain_functions("six", "seven", number=7)}, date="2024-05-01")

    def run(*options: str) -> str:
        assert main(["history", str(made.folder), "--jobs", "1", "--model", str(model), *options]) == 0
        return capsys.readouterr().out

    return run


def test_shallow_clone_says_that_it_has_no_past(tmp_path: Path, model: Path) -> None:
    with_past_rule(model, model, PAST_RULE)
    made = Repository(tmp_path / "whole")
    for day in (1, 2):
        made.commit({"a.py": plain_functions("one", number=day)}, date=f"2024-01-0{day}")
    made.git("clone", "-q", "--depth", "1", f"file://{made.folder}", str(tmp_path / "shallow"))
    given = ("history", tmp_path / "shallow", "--model", model, "--state", tmp_path / "state", "--jobs", "1")
    assert complaints(run(*given)) == [f"codeorigin: {SHALLOW}"]
    assert complaints(run(*given, "--no-past")) == []


def test_text_says_what_was_compared(history: History) -> None:
    assert "Compared with this project's own 5 functions from before December 2022" in history()
    assert "December 2022" not in history("--no-past")


def test_commit_has_the_verdict_of_a_check_until_records_declare_functions(
    tmp_path: Path,
    model: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with_reference_rule(model, model)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    made = Repository(tmp_path / "grown")
    made.commit({"old.py": plain_functions("one", "two", "three", "four", "five")}, date="2021-01-01")
    made.commit({"new.py": plain_functions("six", "seven", number=7)}, date="2024-05-01")
    commit = made.git("rev-parse", "HEAD")
    monkeypatch.chdir(made.folder)

    def reported(*command: str) -> Any:
        main([*command, "--model", str(model), "--format", "json", "--jobs", "1"])
        return json.loads(capsys.readouterr().out)

    def of_history(*options: str) -> float:
        found = reported("history", ".", *options)["commits"]
        return next(float(each["logit"]) for each in found if each["commit"] == commit)

    def of_check() -> float:
        return float(reported("check", "--commit", commit)["change"]["verdict"]["logit"])

    before = of_history()
    assert before == pytest.approx(of_check(), abs=1e-9)
    assert before != pytest.approx(of_history("--no-past"), abs=1e-3)
    made.commit({"agent.py": plain_functions("eight", "nine", number=9)}, date="2024-06-01", message=DECLARED)
    # What is declared later changes a check, and nothing that a history has judged.
    assert of_check() != pytest.approx(before, abs=1e-6)
    assert of_history() == before
    assert of_history("--state", str(tmp_path / "another")) == before
