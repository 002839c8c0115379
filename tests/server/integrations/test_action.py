"""The GitHub Action: its ``run`` steps, executed by bash in a throwaway repository."""

import json
from pathlib import Path

import pytest

from support.action_runner import ACTION, Runner
from support.command import PLAIN, ROOT, TERSE
from support.declared_records import SESSION, add_note, git_ai_note
from support.repositories import Repository, checked_out

CODE = TERSE.read_text()


def test_pull_request_gets_annotations_and_a_summary(runner: Runner) -> None:
    add_note(runner.repository, git_ai_note({"a.py": {f"{SESSION}::t_1": "1-100"}}))
    runner.base_ref = "main"
    code, outputs = runner.run(arguments="--threshold\n0")
    assert code == 0
    assert (runner.folder / "installed").read_text().splitlines()[:2] == [
        f"-I -m venv --clear {runner.folder / 'temp' / 'codeorigin'}",
        f"-I -m pip install --quiet --disable-pip-version-check {ROOT}",
    ]
    report = json.loads(Path(outputs["report"]).read_text())
    assert report["change"]["revision"] == "origin/main"
    assert [file["path"] for file in report["files"]] == ["a.py"]
    (lines,) = report["files"][0]["changed_lines"]
    assert f"::notice file=a.py,line={lines[0]}," in runner.notices
    sarif = json.loads(Path(outputs["sarif"]).read_text())
    assert len(sarif["runs"][0]["results"]) == report["summary"]["findings"] > 0
    assert outputs["findings"] == "true"
    title, *summary = (runner.folder / "summary.md").read_text().splitlines()
    assert title == "## CodeOrigin"
    (line,) = [each for each in summary if "Declared of the same" in each]
    assert line.startswith("**1 of 1 function is likely LLM; 0 unsure, 0 human.**")
    assert line.endswith("Declared of the same 1 function: 1 in part (codex).")


@pytest.mark.parametrize(("fail", "expected"), [("false", 0), ("true", 1)])
def test_findings_fail_only_on_request(runner: Runner, fail: str, expected: int) -> None:
    code, outputs = runner.run(paths="sub\na.py", arguments="--threshold\n0", **{"fail-on-findings": fail})
    assert (code, outputs["findings"]) == (expected, "true")
    report = json.loads(Path(outputs["report"]).read_text())
    assert [file["path"] for file in report["files"]] == ["sub/b.py", "a.py"]


def test_errors_always_fail_and_say_why(runner: Runner) -> None:
    code, outputs = runner.run(base="nowhere")
    assert (code, set(outputs)) == (2, {"python"})
    assert "codeorigin: nowhere: no such commit, branch or tag here" in runner.said


@pytest.fixture
def pull_request(runner: Runner) -> Repository:
    """The runner's repository, whose main branch has moved on since the pull request began."""
    origin = runner.repository
    origin.git("checkout", "-q", "main")
    origin.commit({"main.py": CODE}, date="2020-01-03")
    return origin


def paths_of(outputs: dict[str, str]) -> list[str]:
    return [file["path"] for file in json.loads(Path(outputs["report"]).read_text())["files"]]


def test_merge_commit_of_a_checkout_is_compared_with_the_base(
    runner: Runner, pull_request: Repository
) -> None:
    runner.repository, runner.base_ref = checked_out(pull_request, runner.folder / "clone"), "main"
    code, outputs = runner.run(arguments="--threshold\n0")
    assert (code, outputs["findings"], paths_of(outputs)) == (0, "true", ["a.py"])


def test_shallow_checkout_says_what_is_missing(runner: Runner, pull_request: Repository) -> None:
    clone = checked_out(pull_request, runner.folder / "clone", depth=1)
    runner.repository, runner.base_ref = clone, "main"
    code, outputs = runner.run()
    assert (code, set(outputs)) == (2, {"python"})
    assert runner.said.splitlines() == [
        "codeorigin: origin/main: no such commit, branch or tag here; in a shallow clone, fetch more of the history"
    ]
    # The base is there, but not the history that leads to it.
    clone.git("fetch", "-q", "--depth=1", pull_request.folder.as_uri(), "+main:refs/remotes/origin/main")
    code, outputs = runner.run()
    assert (code, set(outputs)) == (2, {"python"})
    (line,) = runner.said.splitlines()
    assert line.endswith(
        "have no commit in common here; this clone is shallow, fetch more of the history (git fetch --unshallow)"
    )
    # Without a base, everything is checked.
    runner.base_ref = ""
    code, outputs = runner.run()
    assert (code, paths_of(outputs)) == (0, ["a.py", "main.py", "sub/b.py"])


def test_depth_two_is_enough_if_the_base_is_the_first_parent(
    runner: Runner, pull_request: Repository
) -> None:
    runner.repository = checked_out(pull_request, runner.folder / "clone", depth=2)
    code, outputs = runner.run(base="HEAD^1", arguments="--threshold\n0")
    assert (code, paths_of(outputs)) == (0, ["a.py"])


def test_what_the_job_tells_python_and_pip_names_no_file_of_the_checkout(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A constraint may be an address, and what is built there runs."""
    trap = runner.folder / "ran"
    (runner.repository.folder / "sitecustomize.py").write_text(f"open({str(trap)!r}, 'w').close()\n")
    relative = {
        "PIP_CONSTRAINT": "a.txt",
        "PIP_CONFIG_FILE": "pip.conf",
        "PYTHONPATH": ".",
        "PYTHONHOME": ".",
    }
    for name, value in (relative | {"PIP_INDEX_URL": "https://mirror.example.org/simple"}).items():
        monkeypatch.setitem(PLAIN, name, value)
    assert runner.run()[0] == 0
    kept = (runner.folder / "environment").read_text().splitlines()
    assert [line for line in kept if line.startswith(("PIP_", "PYTHON"))] == [
        "PIP_INDEX_URL=https://mirror.example.org/simple"
    ]
    assert f"PWD={runner.folder / 'temp'}" in kept
    assert not trap.exists()


def test_untrusted_input_is_not_run_as_a_script(runner: Runner) -> None:
    marker = runner.folder / "ran"
    runner.base_ref = f"$(touch {marker})`touch {marker}`; touch {marker}"
    assert runner.run()[0] == 2
    runner.base_ref = ""
    assert runner.run(paths=f"$(touch {marker})\n-x; touch {marker}")[0] == 2
    assert not marker.exists()


def test_every_step_is_known() -> None:
    steps = ACTION["runs"]["steps"]
    assert [step["name"] for step in steps] == ["Install", "Check", "Comment", "Upload", "Result"]
    upload = steps[3]
    assert upload["uses"].startswith("github/codeql-action/upload-sarif@")
    assert upload["with"]["sarif_file"] == "${{ steps.check.outputs.sarif }}"
