"""What the manuals show of settings, commands and pipelines works as it is written, with nothing overridden."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from support.command import PLAIN, ROOT, TERSE
from support.documents import BLOCK, DOCUMENTS, blocks, run_line
from support.repositories import Repository

MANUAL, CHECK, TEAM = (ROOT / "docs" / name for name in ("cli.md", "check.md", "team.md"))
PIPELINE, GITLAB, HOOK = blocks("yaml", TEAM)
COMMANDS, ACCEPTING = (
    [line[2:] for block in shown for line in block.splitlines() if line[:2] == "$ "]
    for shown in (blocks("console", MANUAL) + blocks("console", CHECK), blocks("console", TEAM))
)
RECIPES = re.findall(r"^### \d+\. .*?(?=^##)", MANUAL.read_text("utf-8"), re.MULTILINE | re.DOTALL)
TESTED = {
    "README.md": {"console", "sh", "yaml"},
    "CONTRIBUTING.md": {"sh"},
    "docs/api.md": {"pycon"},
    "docs/check.md": {"console"},
    "docs/cli.md": {"console"},
    "docs/team.md": {"console", "yaml"},
    "docs/editors.md": {"elisp", "json", "lua", "toml"},
    "docs/scan.md": {"sh"},
    "docs/contributing/protocol.md": {"json", "text", "ts"},
    "docs/settings.md": {"toml"},
    "docs/contributing/systems.md": {"console"},
    "training/README.md": {"sh"},
}
"""Kinds of blocks by document. A new one needs a test: here, or where the document's others are tested."""


def test_every_kind_of_block_is_known() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): {
            name for name, _ in BLOCK.findall(path.read_text("utf-8")) if name
        }
        for path in DOCUMENTS
    }
    assert {name: kinds for name, kinds in found.items() if kinds} == TESTED


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A branch with findings, committed and staged, and the files that the manual's commands name."""
    monkeypatch.setitem(PLAIN, "XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = Repository(tmp_path / "work")
    made.commit({"README": "Work\n"}, date="2024-01-01")
    made.git("switch", "--quiet", "--create", "work")
    notes = "Remember to ask about the invoice of last month before the meeting on Tuesday.\n"
    script = "def add(values)\n  values.each do |value|\n    puts value\n  end\nend\n"
    code = (ROOT / "examples" / "assistant_style.go").read_text("utf-8")
    made.commit(
        {"a.go": code, "b.py": TERSE.read_text(), "notes": notes, "script": script}, date="2024-02-01"
    )
    made.write("next.go", code)
    made.git("add", "next.go")
    return made


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs(repository: Repository, command: str) -> None:
    done = run_line(command, repository.folder)
    assert (done.returncode, done.stderr) == (1 if command.startswith("codeorigin check") else 0, b"")
    made = [repository.folder / name for name in re.findall(r"=(\S+\.\w+)", command)]
    assert [path for path in made if not path.stat().st_size] == []


def test_manual_has_six_recipes_each_with_something_to_run() -> None:
    assert len(RECIPES) == 6
    assert [recipe for recipe in RECIPES if not BLOCK.search(recipe)] == []


def test_accepted_findings_come_back_only_when_their_text_changes(repository: Repository) -> None:
    accept, add, check = ACCEPTING
    assert run_line(accept, repository.folder).returncode == 0
    assert run_line(check, repository.folder).returncode == 0
    repository.git(*add.split()[1:])
    code = (repository.folder / "a.go").read_text("utf-8")
    repository.write("a.go", code.replace("GroupByCategory", "Grouped"))
    assert run_line(check, repository.folder).returncode == 1


def test_gitlab_job_runs_as_it_is_written(repository: Repository, tmp_path: Path) -> None:
    """With the environment that it makes in ``/opt`` in another folder, and installed already."""
    job = yaml.safe_load(GITLAB)["codeorigin"]
    make, install, fetch = job["before_script"]
    assert (make, install.split()[0]) == ("python -m venv /opt/codeorigin", "/opt/codeorigin/bin/pip")
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", repository.folder, clone], env=PLAIN, check=True)
    given = PLAIN | {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main"}
    given |= {
        name: str(value).replace("$CI_PROJECT_DIR", str(clone)) for name, value in job["variables"].items()
    }
    lines = "\n".join([fetch, *job["script"]]).replace(
        "/opt/codeorigin/bin/codeorigin", f"{sys.executable} -m codeorigin"
    )
    done = subprocess.run(["bash", "-ec", lines], cwd=clone, env=given, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (*job["allow_failure"]["exit_codes"], b"")
    report = json.loads((clone / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert {entry["location"]["path"] for entry in report} == {"a.go"}


def test_github_workflow_has_versions_of_ours_and_inputs_that_the_action_knows() -> None:
    workflow = yaml.safe_load(PIPELINE)
    *pinned, check = workflow["jobs"]["codeorigin"]["steps"]
    ours = (ROOT / ".github/workflows/ci.yml").read_text("utf-8")
    versions = dict(re.findall(r"uses: (\S+)@\w+ # (v\d+)", ours))
    assert [step["uses"] for step in pinned] == [
        f"{name}@{versions[name]}" for name in ("actions/checkout", "actions/setup-python")
    ]
    assert check["uses"].startswith("OWNER/codeorigin@v")
    assert set(check["with"]) <= set(yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"])


def test_hook_passes_what_has_no_findings(repository: Repository) -> None:
    (entry,) = yaml.safe_load(HOOK)["repos"]
    (hook,) = entry["hooks"]
    shipped = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    (command,) = (each["entry"] for each in shipped if each["id"] == hook["id"])
    repository.git("rm", "--quiet", "--cached", "next.go")
    repository.write("c.py", TERSE.read_text().replace("rpn", "other"))
    repository.git("add", "c.py")
    done = run_line(command, repository.folder)
    assert (done.returncode, done.stderr) == (0, b"")


def test_project_file_is_obeyed_without_a_complaint(repository: Repository) -> None:
    (text,) = blocks("toml", ROOT / "docs" / "settings.md")
    repository.write("codeorigin.toml", text)
    repository.write("generated/x.py", TERSE.read_text())
    done = run_line("codeorigin check . --format json", repository.folder)
    assert done.stderr == b""
    assert b'"b.py"' in done.stdout
    assert b"generated/x.py" not in done.stdout
