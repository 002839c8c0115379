"""``codeorigin evaluate-declared``: functions whose origin is recorded, and how the model judges them."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from codeorigin.provenance.evaluation import VIEWS
from codeorigin.records.rates import Provenance
from support.command import run
from support.declared_records import PERSON, SESSION, add_note, git_ai_note
from support.repositories import DECLARED, Repository, plain_functions
from support.tiny_model import with_commit_rules, with_past_rule


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"old.py": plain_functions("one", "two")}, date="2019-05-01")
    made.commit({"modern.py": plain_functions("three", number=2)}, date="2021-05-01")
    made.commit({"new.py": plain_functions("four", number=3)}, date="2024-05-01")
    made.commit({"lines.py": plain_functions("five", "six", "seven", number=4)}, date="2026-01-01")
    # The third function has a line that the note leaves out.
    add_note(made, git_ai_note({"lines.py": {f"{SESSION}::t_1": "1-6,17-21", PERSON: "9-14"}}))
    made.commit({"whole.py": plain_functions("eight", number=5)}, date="2026-01-02", message=DECLARED)
    return made


@pytest.fixture
def with_past(tmp_path: Path, tiny_model_dir: Path) -> Path:
    """A model with all rules and one for the past."""
    folder = with_commit_rules(tmp_path / "model", tiny_model_dir)
    return with_past_rule(folder, folder)


@pytest.fixture
def long_lived(tmp_path: Path) -> Repository:
    """A repository that has a past, and a file by an agent."""
    made = Repository(tmp_path / "long")
    made.commit({"old.py": plain_functions("one", "two", "three", "four", "five")}, date="2021-01-01")
    made.commit({"new.py": plain_functions("six", "seven", number=7)}, date="2026-01-01", message=DECLARED)
    return made


def evaluation(repository: Repository, *options: str) -> dict[str, Any]:
    done = run("evaluate-declared", str(repository.folder), "--format", "json", *options)
    assert (done.returncode, done.stderr) == (0, b"")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def by_kind(found: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {kind: [each for each in found["functions"] if each["kind"] == kind] for kind in Provenance}


def test_functions_are_told_apart_by_records_of_all_their_lines_or_by_dates(repository: Repository) -> None:
    kinds = by_kind(evaluation(repository))
    assert {kind: len(found) for kind, found in kinds.items()} == {
        "agent": 2, "person": 1, "modern": 1, "old": 2
    }  # fmt: skip
    assert {(each["source"], each["tool"], each["model"], each["strength"]) for each in kinds["agent"]} == {
        ("git-ai", "codex", "gpt-5.5", "lines"),
        ("trailer", "claude", None, "commit"),
    }
    (person,) = kinds["person"]
    assert (person["source"], person["tool"], person["strength"]) == ("git-ai", None, "lines")
    commit = repository.git("rev-parse", "HEAD~1")
    assert person["commit"] == commit[:10]
    shown = json.dumps(kinds)
    assert not any(name in shown for name in ("Ann", "ann@", "five", "lines.py"))


def test_rows_hold_what_check_says(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "HEAD")
    report = json.loads(
        run("check", "--no-past", "--format", "json", str(repository.folder / "lines.py")).stdout
    )
    first = report["files"][0]["functions"][0]
    (row,) = [each for each in evaluation(repository)["functions"] if each["tool"] == "codex"]
    assert row["in_file"]["probability"] == pytest.approx(first["probability"], abs=1e-4)
    assert (row["in_file"]["band"], row["lines"], row["language"]) == (first["band"], 6, "python")
    assert row["own_with_past"] is None  # three old functions are no past


@pytest.mark.parametrize(
    ("view", "options"),
    [
        ("own", ["--no-past", "--no-file-context"]),
        ("in_file", ["--no-past"]),
        ("own_with_past", ["--no-file-context"]),
        ("in_file_with_past", []),
    ],
)
def test_every_view_is_what_check_says_with_its_options(
    long_lived: Repository, with_past: Path, view: str, options: list[str]
) -> None:
    model = ["--model", str(with_past)]
    found = evaluation(long_lived, *model)
    assert found["past"]["functions"] == 5
    report = json.loads(
        run("check", str(long_lived.folder / "new.py"), "--format", "json", *model, *options).stdout
    )
    rows = by_kind(found)["agent"]
    shown = report["files"][0]["functions"]
    assert len(rows) == len(shown) == 2
    for row, function in zip(rows, shown, strict=True):
        assert row[view]["probability"] == pytest.approx(function["probability"], abs=1e-4)
        assert row[view]["band"] == function["band"]
        lowered = row[view]["logit"] - row[view.removesuffix("_with_past")]["logit"]
        # The past of people whose code scores high lowers every score; in a file, those of the others count too.
        if view == "own_with_past":
            assert lowered == pytest.approx(found["past"]["evidence"], abs=2e-4)
        elif view == "in_file_with_past":
            assert lowered < found["past"]["evidence"] < -0.1
        else:
            assert lowered == 0


def test_groups_and_text_show_the_views_with_the_past(long_lived: Repository, with_past: Path) -> None:
    model = ["--model", str(with_past)]
    found = evaluation(long_lived, *model)
    for group in found["groups"]:
        rows = by_kind(found)[group["kind"]]
        for view in VIEWS:
            called = sum(each[view]["band"] == "llm" for each in rows)
            assert group["called"][view]["functions"] == called
    without = evaluation(long_lived, *model, "--no-past")
    assert without["past"] is None
    for each in [*without["functions"], *(group["called"] for group in without["groups"])]:
        assert each["own_with_past"] is each["in_file_with_past"] is None
    text = run("evaluate-declared", str(long_lived.folder), *model).stdout.decode().splitlines()
    assert text[1].startswith("Compared with this project's own 5 functions from before December 2022, ")
    assert re.split(r"\s{2,}", text[3])[-3:] == [
        "called llm",
        "called llm without the past",
        "by own text alone",
    ]


def test_groups_count_what_is_called(repository: Repository) -> None:
    found = evaluation(repository)
    groups = {(each["kind"], each["by"]): each for each in found["groups"]}
    assert list(groups) == [
        ("agent", "all"),
        ("agent", "lines"),
        ("agent", "commit"),
        ("agent", "claude, no or several models"),
        ("agent", "codex, gpt-5.5"),
        ("person", "all"),
        ("modern", "all"),
        ("old", "all"),
    ]
    for (kind, by), group in groups.items():
        rows = [
            each
            for each in by_kind(found)[kind]
            if by in {"all", each["strength"]} or by.startswith(each["tool"])
        ]
        assert group["functions"] == len(rows)
        assert group["called"]["own"]["functions"] == sum(each["own"]["band"] == "llm" for each in rows)
        assert (
            group["called"]["own"]["low"] <= group["called"]["own"]["share"] <= group["called"]["own"]["high"]
        )


def test_the_text_shows_a_row_for_each_group(repository: Repository) -> None:
    done = run("evaluate-declared", str(repository.folder))
    lines = done.stdout.decode().splitlines()
    assert lines[0].startswith("6 functions of ")
    assert [line.split("  ")[0] for line in lines[3:] if not line.startswith(" ")] == [
        "recorded as an agent's",
        "recorded as an agent's, line by line",
        "recorded as an agent's, by their commits",
        "recorded as a known person's",
        "last changed from 2021 to November 2022",
        "last changed before 2021",
    ]
    assert "  codex, gpt-5.5" in done.stdout.decode()


def test_a_part_of_the_files_can_be_asked_for(repository: Repository) -> None:
    assert len(evaluation(repository, "--files", "1")["functions"]) < 6
    inside = run("evaluate-declared", str(repository.folder / "old.py"), "--format", "json")
    assert {each["kind"] for each in json.loads(inside.stdout)["functions"]} == {"old"}


@pytest.mark.parametrize("command", ["evaluate-declared", "history"])
def test_repository_that_cannot_be_read_is_said_in_one_line(tmp_path: Path, command: str) -> None:
    empty = Repository(tmp_path / "empty")
    for path, said in (
        (empty.folder, b"no commits yet"),
        (tmp_path / "none", b"no such file"),
        (tmp_path, b"git"),
    ):
        done = run(command, str(path))
        assert done.returncode == 2
        assert said in done.stderr
        assert done.stderr.count(b"\n") == 1


def test_wrong_records_are_reported_and_the_rest_is_evaluated(repository: Repository) -> None:
    add_note(repository, "no note\n---\n{", "HEAD~2")
    done = run("evaluate-declared", str(repository.folder), "--format", "json")
    assert done.returncode == 0
    assert done.stderr.count(b"\n") == 1
    assert b"is skipped: metadata that is no JSON" in done.stderr
    assert len(json.loads(done.stdout)["functions"]) == 6
