"""A check in a repository with a past."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from codeorigin.cli.app import main
from codeorigin.wording.past import SHALLOW
from support.repositories import Repository, plain_functions
from support.schemas import load_schema
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


@dataclass
class Check:
    """``check(options...)``: the report of a check with a model that has all rules and one for the past."""

    model: Path
    capsys: pytest.CaptureFixture[str]
    errors: str = ""

    def __call__(self, *options: str, command: str = "check") -> str:
        main([command, "--model", str(self.model), *options])
        out, self.errors = self.capsys.readouterr()
        return out


@pytest.fixture
def check(
    tmp_path: Path,
    tiny_model_dir: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Check:
    model = with_past_rule(
        with_commit_rules(tmp_path / "model", tiny_model_dir), tmp_path / "model", PAST_RULE
    )
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "cache"))
    return Check(model, capsys)


def reported(check: Check, *options: str) -> Json:
    report: Json = json.loads(check(*options, "--format", "json"))
    jsonschema.Draft202012Validator(load_schema("check/formats/report")).validate(report)
    return report


def functions_of(report: Json, path: str = "new.py") -> list[Json]:
    return next(file["functions"] for file in report["files"] if file["path"] == path)


def test_past_shifts_the_logit_of_every_function(repository: Repository, check: Check) -> None:
    without = reported(check, "new.py", "--no-past", "--no-file-context")
    report = reported(check, "new.py", "--no-file-context")
    old = sorted(each["logit"] for each in functions_of(reported(check, "old.py", "--no-past"), "old.py"))
    assert without["past"] is None
    assert report["past"]["functions"] == len(old) == 5
    evidence = report["past"]["evidence"]
    assert evidence == pytest.approx(-PAST_RULE.weight * (old[2] - PAST_RULE.typical), abs=1e-6)
    assert evidence < -0.1
    for function, plain in zip(functions_of(report), functions_of(without), strict=True):
        assert plain["past_as_high"] is None
        assert function["past_as_high"] == sum(logit >= plain["logit"] for logit in old)
        assert function["logit"] == pytest.approx(plain["logit"] + evidence)
        assert function["own_probability"] == pytest.approx(plain["own_probability"])
        assert function["probability"] < plain["probability"]


def test_past_counts_in_files_and_changes_too(repository: Repository, check: Check) -> None:
    for options in (["new.py"], ["--commit", "HEAD"]):
        without = reported(check, *options, "--no-past")
        report = reported(check, *options)
        for function, plain in zip(functions_of(report), functions_of(without), strict=True):
            assert function["probability"] != pytest.approx(plain["probability"])
            assert function["own_probability"] == pytest.approx(plain["own_probability"])
    assert report["change"]["verdict"]["logit"] == pytest.approx(
        without["change"]["verdict"]["logit"] + report["past"]["evidence"] * 12 / 20
    )


def test_change_of_the_working_tree_is_judged_with_the_past(
    repository: Repository, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("inner/more.py", NEW)
    monkeypatch.chdir(repository.folder / "inner")
    without, report = reported(check, "--changed", "--no-past"), reported(check, "--changed")
    assert report["past"]["functions"] == 5
    for function, plain in zip(
        functions_of(report, "more.py"), functions_of(without, "more.py"), strict=True
    ):
        assert function["probability"] < plain["probability"]


def test_project_may_do_without_its_past(repository: Repository, check: Check) -> None:
    repository.write("codeorigin.toml", "past = false\n")
    assert reported(check, "new.py")["past"] is None
    assert reported(check, "new.py", "--no-config")["past"] is not None
    assert json.loads(check("new.py:1", "--format", "json", command="explain"))["past_evidence"] is None


def test_explanation_has_the_verdict_of_the_check(repository: Repository, check: Check) -> None:
    report = reported(check, "new.py")
    function = functions_of(report)[0]
    explained = json.loads(check("new.py:1", "--format", "json", command="explain"))
    assert {
        name: explained[name] for name in ("probability", "band", "own_probability", "file_evidence")
    } == {name: function[name] for name in ("probability", "band", "own_probability", "file_evidence")}
    assert explained["past_evidence"] == report["past"]["evidence"]
    assert explained["logit"] == pytest.approx(function["logit"] - explained["past_evidence"], abs=1e-6)
    said = check("new.py:1", command="explain")
    assert "of this project's own 5 functions from before December 2022, " in said
    assert "; logit with the project's past and the rest of the file " in said
    assert "December 2022" not in check("new.py:1", "--no-past", command="explain")


def test_shallow_clone_is_told_how_to_get_its_past(
    repository: Repository, check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = tmp_path / "clone"
    repository.git("clone", "--quiet", "--depth", "1", repository.folder.as_uri(), str(clone))
    monkeypatch.chdir(clone)
    assert reported(check, "new.py")["past"] is None
    assert check.errors == f"codeorigin: {SHALLOW}\n"
    check("new.py", "--no-past")
    assert check.errors == ""


def test_every_process_knows_the_past(
    repository: Repository, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codeorigin.check.workers.BYTES_FOR_A_WORKER", 1)
    for number in range(4):
        repository.write(f"more{number}.py", NEW.replace("seven", f"name{number}"))
    alone, together = (
        [file["functions"] for file in reported(check, ".", "--jobs", jobs)["files"]] for jobs in ("1", "2")
    )
    assert together == alone


def test_text_report_says_what_was_compared(repository: Repository, check: Check) -> None:
    said = check("new.py", "--verbose")
    assert "own 5 functions from before December 2022, which score higher than usual: -" in said
    assert "December 2022" not in check("new.py", "--verbose", "--no-past")


def test_page_says_how_many_score_as_high(repository: Repository, check: Check) -> None:
    said = check("new.py", "--threshold", "0", "--format", "html")
    assert "s own 5 functions from before December 2022, " in said


def test_standard_input_belongs_to_the_current_folder(
    repository: Repository, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, write = os.pipe()
    os.write(write, NEW.encode())
    os.close(write)
    with os.fdopen(read, encoding="utf-8") as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert reported(check, "-", "--language", "python")["past"] is not None


def test_files_of_several_repositories_have_no_past(
    repository: Repository, check: Check, tmp_path: Path
) -> None:
    other = tmp_path / "elsewhere.py"
    other.write_text(NEW)
    assert reported(check, "new.py", str(other))["past"] is None
    assert reported(check, str(other))["past"] is None
