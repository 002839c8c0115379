"""The GitHub Action: its ``run`` steps, executed by bash in a throwaway repository."""

import http.server
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.command import PLAIN, ROOT, TERSE
from support.declared_records import SESSION, add_note, git_ai_note
from support.documents import blocks
from support.repositories import Repository, checked_out

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
CODE = TERSE.read_text()
MANUAL = ROOT / "docs" / "team.md"
SUB = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


@dataclass
class Runner:
    """Runs the steps of a composite action as GitHub's runner does."""

    repository: Repository
    folder: Path
    base_ref: str = ""
    number: str = ""
    api: str = ""

    def run(self, **inputs: str) -> tuple[int, dict[str, str]]:
        """The exit code of the step that failed, or 0, and the outputs of the check."""
        given = {name: entry.get("default", "") for name, entry in ACTION["inputs"].items()} | inputs
        outputs: dict[str, str] = {}
        for step in ACTION["runs"]["steps"]:
            if "run" not in step:
                continue
            assert step["shell"] == "bash"
            assert "${{" not in step["run"], "values reach the shell as variables"
            output = self.folder / "output"
            output.write_text("")
            environment = PLAIN | {
                "PATH": f"{self.folder / 'bin'}{os.pathsep}{PLAIN['PATH']}",
                "RUNNER_TEMP": str(self.folder / "temp"),
                "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_API_URL": self.api,
                "GITHUB_REPOSITORY": "owner/project",
            }
            for name, value in step.get("env", {}).items():
                environment[name] = self._expanded(value, given, outputs)
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                cwd=self.repository.folder, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            self.shown = done.stdout
            if step["name"] == "Comment":
                self.commented = done.stdout
            if step.get("id") == "check":
                self.notices, self.said = done.stdout, done.stderr
            outputs |= dict(line.split("=", 1) for line in output.read_text().splitlines())
            if done.returncode:
                return done.returncode, outputs
        return 0, outputs

    def _expanded(self, text: str, inputs: dict[str, str], outputs: dict[str, str]) -> str:
        return SUB.sub(lambda match: self._value(match[1], inputs, outputs), text)

    def _value(self, name: str, inputs: dict[str, str], outputs: dict[str, str]) -> str:
        if name == "github.action_path":
            return str(ROOT)
        given = {
            "github.base_ref": self.base_ref,
            "github.token": "secret",
            "github.event.pull_request.number": self.number,
        }
        if name in given:
            return given[name]
        if name.startswith("inputs."):
            return inputs[name.removeprefix("inputs.")]
        return outputs[name.rpartition(".")[2]]


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": CODE, "sub/b.py": CODE}, date="2020-01-01")
    made.git("update-ref", "refs/remotes/origin/main", "HEAD")
    made.git("checkout", "-q", "-b", "work")
    made.commit({"a.py": CODE.replace("def rpn(s):\n", "def rpn(s):\n    pass\n")}, date="2020-01-02")
    (tmp_path / "temp").mkdir()
    # The job's Python makes the environment, whose Python installs; both refuse to import from the checkout.
    installed = tmp_path / "installed"
    script = f"""#!/bin/sh
echo "$@" >> "{installed}"
[ "$1" = -I ] || exit 9
case "$3" in
  venv) env > "{tmp_path / "environment"}"; mkdir -p "$5/bin"; cp "$0" "$5/bin/python" ;;
  codeorigin) exec "{sys.executable}" "$@" ;;
  "") exec "{sys.executable}" "$@" ;;
esac
"""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python").write_text(script)
    (programs / "python").chmod(0o755)
    return Runner(made, tmp_path)


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
    assert line.startswith("**1 of 1 function looks LLM-written; 0 unsure, 0 human.**")
    assert line.endswith("Declared of the same 1 function: 1 in part (codex).")


def test_snippet_of_the_manual_runs(runner: Runner) -> None:
    """As a runner does it: a checkout with the whole history, then the action with the inputs of the snippet."""
    workflow = yaml.safe_load(blocks("yaml", MANUAL)[0])
    checkout, _, check = workflow["jobs"]["codeorigin"]["steps"]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    runner.base_ref = "main"
    # GitHub hands every input over as text.
    inputs = {name: str(value).lower() for name, value in check["with"].items()}
    code, outputs = runner.run(**inputs)
    assert (code, outputs["code"] in {"0", "1"}) == (0, True), runner.said
    assert [file["path"] for file in json.loads(Path(outputs["report"]).read_text())["files"]] == ["a.py"]
    assert json.loads(Path(outputs["sarif"]).read_text())["version"] == "2.1.0"


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


OTHERS = {"id": 6, "user": {"login": "somebody"}, "body": "<!-- codeorigin --> a trap"}
OURS = {"id": 7, "user": {"login": "github-actions[bot]"}, "body": "<!-- codeorigin -->\nold"}


class StubOfTheApi(http.server.ThreadingHTTPServer):
    """The comments of a pull request, as GitHub's API serves them; ``status`` is the answer to what writes."""

    def __init__(self, comments: Sequence[dict[str, Any]], status: int) -> None:
        super().__init__(("127.0.0.1", 0), AnswersOfTheApi)
        self.comments, self.status = list(comments), status
        self.written: list[tuple[str, str, str]] = []


class AnswersOfTheApi(http.server.BaseHTTPRequestHandler):
    server: StubOfTheApi

    def do_GET(self) -> None:
        place, _, query = self.path.partition("?")
        assert place == "/repos/owner/project/issues/12/comments"
        page = int(query.rpartition("=")[2])
        self._answer(200, self.server.comments[100 * (page - 1) : 100 * page])

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]
        assert self.headers["Authorization"] == "Bearer secret"
        self.server.written.append((self.command, self.path, body))
        self._answer(self.server.status, {})

    def do_PATCH(self) -> None:
        self.do_POST()

    def _answer(self, status: int, value: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def api() -> Iterator[Callable[..., StubOfTheApi]]:
    with ExitStack() as stack:

        def started(*comments: dict[str, Any], status: int = 200) -> StubOfTheApi:
            stub = stack.enter_context(StubOfTheApi(comments, status))
            threading.Thread(target=stub.serve_forever, daemon=True).start()
            stack.callback(stub.shutdown)
            return stub

        yield started


@pytest.mark.parametrize(
    ("comments", "threshold", "expected"),
    [
        ([], "0", ["POST /repos/owner/project/issues/12/comments"]),
        ([], "1", []),
        ([OTHERS] * 120, "0", ["POST /repos/owner/project/issues/12/comments"]),
        ([*[OTHERS] * 120, OURS], "0", ["PATCH /repos/owner/project/issues/comments/7"]),
        ([OURS], "1", ["PATCH /repos/owner/project/issues/comments/7"]),
    ],
)
def test_pull_request_has_one_comment(
    runner: Runner, api: Callable[..., StubOfTheApi], comments: list[Any], threshold: str, expected: list[str]
) -> None:
    stub = api(*comments)
    runner.base_ref, runner.number, runner.api = "main", "12", f"http://127.0.0.1:{stub.server_port}"
    code, outputs = runner.run(comment="true", arguments=f"--threshold\n{threshold}")
    assert code == 0
    assert [f"{method} {path}" for method, path, _ in stub.written] == expected
    for _, _, body in stub.written:
        assert body == f"<!-- codeorigin -->\n{Path(outputs['summary']).read_text()}"


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (
            403,
            "GitHub answered 403 (the token may not write; a pull request from a fork never gets a comment)",
        ),
        (500, "GitHub answered 500"),
        (None, "URLError"),
    ],
)
def test_comment_that_cannot_be_written_is_a_warning(
    runner: Runner, api: Callable[..., StubOfTheApi], status: int | None, said: str
) -> None:
    runner.base_ref, runner.number = "main", "12"
    runner.api = (
        "http://127.0.0.1:9" if status is None else f"http://127.0.0.1:{api(status=status).server_port}"
    )
    code, outputs = runner.run(comment="true", arguments="--threshold\n0")
    assert (code, outputs["findings"]) == (0, "true")
    assert runner.commented == f"::warning::CodeOrigin wrote no comment: {said}\n"


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
