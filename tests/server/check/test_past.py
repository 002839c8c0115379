"""A check in a repository with a past."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codeorigin.settings.project import SHALLOW
from support.command import PLAIN, check, complaints, run
from support.command import reported as report_of_check
from support.repositories import Repository, plain_functions
from support.tiny_model import PAST_RULE, with_commit_rules, with_past_rule

Json = dict[str, Any]
NEW = plain_functions("seven", "eight", number=7)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"old.py": plain_functions("one", "two", "three", "four", "five")}, date="2021-01-01")
    made.commit({"new.py": NEW}, date="2024-05-01")
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> tuple[str, Path]:
    """The option for a model that has all rules and one for the past."""
    model = tmp_path_factory.mktemp("model")
    return "--model", with_past_rule(with_commit_rules(model, tiny_model_dir), model, PAST_RULE)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The past is kept where no other test looks."""
    monkeypatch.setitem(PLAIN, "XDG_CACHE_HOME", str(tmp_path / "cache"))


class Checks:
    """Checks and explanations with the model."""

    def __init__(self, chosen: tuple[str, Path]) -> None:
        self.chosen = chosen

    def reported(self, *options: str | Path, stdin: bytes = b"") -> Json:
        report: Json = report_of_check(*self.chosen, *options, stdin=stdin)
        return report

    def shown(self, command: str, *options: str) -> str:
        return run(command, *self.chosen, *options).stdout.decode()

    def explained(self, *options: str) -> Json:
        explanation: Json = json.loads(self.shown("explain", *options, "--format", "json"))
        return explanation


@pytest.fixture
def checks(chosen: tuple[str, Path], repository: Repository) -> Checks:
    return Checks(chosen)


def functions_of(report: Json, path: str = "new.py") -> list[Json]:
    return next(file["functions"] for file in report["files"] if file["path"] == path)


def pairs(report: Json, without: Json, path: str = "new.py") -> Iterator[tuple[Json, Json]]:
    """The functions of a report with the past, each with that of a report without."""
    assert report["past"] is not None
    assert without["past"] is None
    return zip(functions_of(report, path), functions_of(without, path), strict=True)


def test_past_shifts_the_logit_of_every_function(checks: Checks) -> None:
    without = checks.reported("new.py", "--no-past", "--no-file-context")
    report = checks.reported("new.py", "--no-file-context")
    old = sorted(each["logit"] for each in functions_of(checks.reported("old.py", "--no-past"), "old.py"))
    assert report["past"]["functions"] == len(old) == 5
    evidence = report["past"]["evidence"]
    assert evidence == pytest.approx(-PAST_RULE.weight * (old[2] - PAST_RULE.typical), abs=1e-6)
    assert evidence < -0.1
    for function, plain in pairs(report, without):
        assert plain["past_as_high"] is None
        assert function["past_as_high"] == sum(logit >= plain["logit"] for logit in old)
        assert function["logit"] == pytest.approx(plain["logit"] + evidence)
        assert function["own_probability"] == pytest.approx(plain["own_probability"])
        assert function["probability"] < plain["probability"]


def test_past_counts_in_files_and_changes_too(checks: Checks) -> None:
    for options in (["new.py"], ["--commit", "HEAD"]):
        without, report = checks.reported(*options, "--no-past"), checks.reported(*options)
        for function, plain in pairs(report, without):
            assert function["probability"] != pytest.approx(plain["probability"])
            assert function["own_probability"] == pytest.approx(plain["own_probability"])
    assert report["change"]["verdict"]["logit"] == pytest.approx(
        without["change"]["verdict"]["logit"] + report["past"]["evidence"] * 12 / 20
    )


def test_project_may_do_without_its_past(repository: Repository, checks: Checks) -> None:
    repository.write("codeorigin.toml", "past = false\n")
    assert checks.reported("new.py")["past"] is None
    assert checks.reported("new.py", "--no-config")["past"] is not None
    assert checks.explained("new.py:1")["past_evidence"] is None


def test_explanation_has_the_verdict_of_the_check(checks: Checks) -> None:
    report = checks.reported("new.py")
    function, explained = functions_of(report)[0], checks.explained("new.py:1")
    for name in ("probability", "band", "own_probability", "file_evidence"):
        assert explained[name] == function[name]
    assert explained["past_evidence"] == report["past"]["evidence"]
    assert explained["logit"] == pytest.approx(function["logit"] - explained["past_evidence"], abs=1e-6)


@pytest.mark.parametrize("command", [("check", "new.py"), ("history", ".", "--jobs", "1")])
def test_shallow_clone_is_told_how_to_get_its_past(
    repository: Repository, chosen: tuple[str, Path], tmp_path: Path, command: tuple[str, ...]
) -> None:
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--depth", "1", repository.folder.as_uri(), str(clone))
    assert complaints(run(*command, *chosen, cwd=clone)) == [f"codeorigin: {SHALLOW}"]
    assert complaints(run(*command, *chosen, "--no-past", cwd=clone)) == []


def test_partial_clone_is_told_how_to_get_its_past(
    repository: Repository, chosen: tuple[str, Path], tmp_path: Path
) -> None:
    clone = tmp_path / "clone"
    repository.commit({"old.py": "x = 1\n"}, date="2024-06-01")
    repository.git("config", "uploadpack.allowFilter", "true")
    # What HEAD has is there; the past is another commit's.
    repository.git("clone", "--quiet", "--filter=blob:none", repository.folder.as_uri(), str(clone))
    _, report, (line,) = check(*chosen, "new.py", cwd=clone)
    assert report["past"] is None
    assert line.startswith("codeorigin: nothing is compared with the project's own older code: object ")
    assert "git fetch --refetch --no-filter" in line


def test_standard_input_belongs_to_the_current_folder_and_files_of_several_repositories_have_no_past(
    checks: Checks, tmp_path: Path
) -> None:
    assert checks.reported("-", "--language", "python", stdin=NEW.encode())["past"] is not None
    other = tmp_path / "elsewhere.py"
    other.write_text(NEW)
    assert checks.reported("new.py", other)["past"] is None
    assert checks.reported(other)["past"] is None
