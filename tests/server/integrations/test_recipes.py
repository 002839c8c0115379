"""The recipes of docs/team.md run as they are written: what they install, where, and what they then check.

Only what a service gives a job is made up: a clone, variables, an interpreter, an index and an API on this machine.
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

import codeorigin
from support.action_runner import ACTION, Runner
from support.command import EXAMPLES, ROOT, TERSE
from support.documents import blocks
from support.github_api import StubOfTheApi
from support.local_services import local_services
from support.repositories import Repository, checked_out

GITHUB, GITLAB, HOOKS = blocks("yaml", ROOT / "docs" / "team.md")


@pytest.fixture
def services(tmp_path: Path) -> dict[str, str]:
    return local_services(tmp_path / "services")


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """A branch with findings in one file and none in another."""
    made = Repository(tmp_path / "project")
    made.commit({"README": "Work\n"}, date="2024-01-01")
    made.git("switch", "--quiet", "--create", "work")
    found = (EXAMPLES / "assistant_style.go").read_text("utf-8")
    made.commit({"a.go": found, "b.py": TERSE.read_text("utf-8")}, date="2024-02-01")
    return made


def test_github_workflow(
    project: Repository,
    services: dict[str, str],
    api: Callable[..., StubOfTheApi],
    tmp_path: Path,
) -> None:
    """As a runner does it: the checkout, an interpreter on the PATH, then the steps of the action with its inputs."""
    job: dict[str, Any] = yaml.safe_load(GITHUB)["jobs"]["codeorigin"]
    checkout, _, check = job["steps"]
    ours = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    versions = dict(re.findall(r"uses: (\S+)@\w+ # (v\d+)", ours))
    assert [step["uses"] for step in job["steps"]] == [
        *(f"{name}@{versions[name]}" for name in ("actions/checkout", "actions/setup-python")),
        "OWNER/codeorigin@v0",
    ]
    # GitHub hands every input over as text, and refuses none that it does not know.
    inputs = {name: str(value).lower() for name, value in check["with"].items()}
    assert inputs.keys() <= ACTION["inputs"].keys()
    assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
    clone = checked_out(project, tmp_path / "clone", depth=checkout["with"]["fetch-depth"])
    (tmp_path / "temp").mkdir()
    stub = api()
    address = f"http://127.0.0.1:{stub.server_port}"
    runner = Runner(clone, tmp_path, base_ref="main", number="12", api=address, environment=services)
    code, outputs = runner.run(**inputs)
    assert (code, outputs["findings"]) == (0, "true"), runner.shown
    assert Path(outputs["python"]).is_relative_to(tmp_path / "temp")
    report = json.loads(Path(outputs["report"]).read_text("utf-8"))
    assert [file["path"] for file in report["files"]] == ["a.go", "b.py"]
    assert "::notice file=a.go,line=27," in runner.notices
    ((method, place, body),) = stub.written
    assert (method, place) == ("POST", "/repos/owner/project/issues/12/comments")
    assert "RetryWithBackoff" in body


def test_gitlab_job(project: Repository, services: dict[str, str], tmp_path: Path) -> None:
    """As a runner does it: a clone of the branch, the variables, then both scripts in a fresh interpreter's image."""
    job: dict[str, Any] = yaml.safe_load(GITLAB)["codeorigin"]
    clone, image = tmp_path / "clone", tmp_path / "image"
    subprocess.run(["git", "clone", "-q", project.folder, clone], env=services, check=True)
    subprocess.run([sys.executable, "-m", "venv", image], check=True)
    given = services | {
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        "PATH": f"{image / 'bin'}:{services['PATH']}",
    }
    given |= {
        name: str(value).replace("$CI_PROJECT_DIR", str(clone)) for name, value in job["variables"].items()
    }
    script = "\n".join([*job["before_script"], *job["script"]])
    done = subprocess.run(["bash", "-ec", script], cwd=clone, env=given, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (*job["allow_failure"]["exit_codes"], b"")
    assert b"3 of 6 functions are likely LLM" in done.stdout
    report = json.loads((clone / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert {entry["location"]["path"] for entry in report} == {"a.go"}
    assert (image / "bin" / "codeorigin").is_file()
    (cache,) = job["cache"]["paths"]
    kept = [given["PIP_CACHE_DIR"], given["XDG_CACHE_HOME"]]
    assert [folder for folder in kept if not Path(folder).is_relative_to(clone / cache)] == []


def test_pre_commit_hook(project: Repository, services: dict[str, str]) -> None:
    """pre-commit clones the release, installs it in an environment of its own, and stops a commit with findings."""

    def called(*words: str) -> tuple[int, str]:
        done = subprocess.run(
            words,
            cwd=project.folder,
            env=services,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout.decode("utf-8")

    project.commit({".pre-commit-config.yaml": HOOKS}, date="2024-02-02")
    code, said = called("pre-commit", "install", "--install-hooks")
    assert code == 0, said
    (program,) = Path(services["XDG_CACHE_HOME"]).glob("pre-commit/repo*/py_env-*/bin/codeorigin")
    assert codeorigin.__version__ in called(str(program), "--version")[1]
    project.write("c.py", TERSE.read_text("utf-8").replace("rpn", "other"))
    project.git("add", "c.py")
    code, said = called("git", "commit", "-m", "without findings")
    assert code == 0, said
    assert "codeorigin (what is staged)" in said
    project.write("d.go", (EXAMPLES / "assistant_style.go").read_text("utf-8"))
    project.git("add", "d.go")
    code, said = called("git", "commit", "-m", "with findings")
    assert code == 1, said
    assert "  d.go:27-63" in said
    assert "a.go" not in said
