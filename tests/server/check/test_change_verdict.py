"""The verdict on a change as a whole, from a repository to every report."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.command import reported, run
from support.repositories import Repository, plain_functions
from support.scales import scale
from support.tiny_model import (
    COMMIT_RULE,
    FILE_AND_COMMIT_CONTEXT,
    FILE_CONTEXT,
    with_commit_rules,
    with_entry,
)

Report = Callable[..., Any]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Two functions from an old commit, and three from a new one that also rewrites a line of an old function."""
    made = Repository(tmp_path / "work")
    made.commit({"a.py": plain_functions("one", "two")}, date="2020-01-01")
    touched = plain_functions("one", "two").replace("kept = []", "kept = list()", 1)
    files = {
        "a.py": touched + "\n\n" + plain_functions("three"),
        "b.py": plain_functions("four", "five", number=7),
    }
    made.commit(files, date="2020-01-02")
    monkeypatch.chdir(made.folder)
    return made


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory, tiny_model_dir: Path) -> Path:
    return with_commit_rules(tmp_path_factory.mktemp("model"), tiny_model_dir)


@pytest.fixture
def report(model: Path, repository: Repository) -> Report:
    """``report(options...)``: that of a check with a model that has all rules."""
    return lambda *options: reported("--model", model, "--threshold", "1", *options)


def test_commit_is_judged_by_the_functions_it_wrote(report: Report) -> None:
    made = report("--commit", "HEAD")
    functions = {each["name"]: each for file in made["files"] for each in file["functions"]}
    assert set(functions) == {"one", "three", "four", "five"}
    written = [functions[name]["logit"] for name in ("three", "four", "five")]
    verdict = made["change"]["verdict"]
    pooled = 6 * sum(written) / (3 * 6 + COMMIT_RULE.prior_lines)
    assert (verdict["function_count"], verdict["reason"]) == (3, None)
    assert verdict["logit"] == pytest.approx(pooled)
    assert verdict["probability"] == pytest.approx(COMMIT_RULE.scale.probability(pooled))
    # A function that the commit only touched gets no evidence from it.
    assert functions["one"]["commit_evidence"] is None
    assert [functions[name]["commit_neighbours"] for name in ("three", "four", "five")] == [2, 2, 2]
    assert functions["three"]["neighbours"] == 2


def test_no_file_context_leaves_out_the_commit_as_well(report: Report) -> None:
    made = report("--commit", "HEAD", "--no-file-context")
    assert made["change"]["verdict"]["function_count"] == 3
    for file in made["files"]:
        for function in file["functions"]:
            assert function["commit_evidence"] is None
            assert function["probability"] == function["own_probability"]


def test_history_respects_the_file_context_setting_like_check(
    repository: Repository, model: Path, tmp_path: Path
) -> None:
    # In their context, all functions are unsure; by their own text, none of them.
    unsure = scale(100.0, -100.0)
    other = with_entry(
        tmp_path / "other", model, "file_context", replace(FILE_CONTEXT, scale=unsure).to_manifest()
    )
    in_commit = replace(FILE_AND_COMMIT_CONTEXT, scale=unsure).to_manifest()
    with_entry(other, other, "file_and_commit_context", in_commit)
    changed = {"one": 1, "three": 6, "four": 6, "five": 6}

    def checked(*options: str) -> dict[str, int]:
        lines = {"human": 0, "unsure": 0, "llm": 0}
        # Without a threshold of its own, as in a history.
        for file in reported("--model", other, "--commit", "HEAD", *options)["files"]:
            for function in file["functions"]:
                lines[function["band"]] += changed[function["name"]]
        return lines

    def judged(*options: str) -> dict[str, int]:
        given = ("--model", other, "--jobs", "1", "--state", tmp_path / "state", "--format", "json")
        found: dict[str, int] = json.loads(run("history", *given, *options).stdout)["commits"][0][
            "band_lines"
        ]
        return found

    in_context, by_own_text = checked(), checked("--no-file-context")
    assert in_context != by_own_text
    assert judged() == in_context
    assert judged("--no-file-context") == by_own_text
    repository.write("codeorigin.toml", "file-context = false\n")
    # The state keeps the results of the two settings apart.
    assert judged() == checked() == by_own_text
    assert judged("--file-context") == judged("--no-config") == in_context


def test_working_tree_and_index_are_judged_too(repository: Repository, report: Report) -> None:
    def judged(option: str) -> tuple[int, str | None]:
        verdict = report(option)["change"]["verdict"]
        return verdict["function_count"], verdict["reason"]

    assert judged("--changed") == (0, "too_few_functions")
    repository.write("c.py", plain_functions("six", "seven", number=3))
    assert judged("--changed") == (2, None)
    assert judged("--staged") == (0, "too_few_functions")
    repository.git("add", "c.py")
    assert judged("--staged") == (2, None)


def test_merge_has_no_verdict(repository: Repository, report: Report) -> None:
    repository.git("checkout", "-q", "-b", "side", "HEAD~1")
    repository.commit({"d.py": plain_functions("eight", "nine", "ten")}, date="2020-01-03")
    repository.git("checkout", "-q", "main")
    repository.git("merge", "-q", "--no-ff", "--no-gpg-sign", "-m", "Merge", "side")
    made = report("--commit", "HEAD")
    verdict = made["change"]["verdict"]
    assert (verdict["reason"], verdict["function_count"], verdict["band"]) == ("merge", 3, None)
    assert {each["commit_evidence"] for file in made["files"] for each in file["functions"]} == {None}
