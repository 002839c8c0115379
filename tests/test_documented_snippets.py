"""What the manuals show of settings, commands and pipelines works as it is written, with nothing overridden."""

import json
import re
from pathlib import Path

import pytest
import yaml

from support.command import PLAIN, ROOT, TERSE
from support.documents import BLOCK, DOCUMENTS, blocks, run_line
from support.repositories import Repository

MANUAL = ROOT / "docs" / "cli.md"
PIPELINE, WITHOUT_THE_ACTION, GITLAB, HOOK = blocks("yaml", MANUAL)
COMMANDS = [
    line[2:] for block in blocks("console", MANUAL) for line in block.splitlines() if line[:2] == "$ "
]
RECIPES = re.findall(r"^### \d+\. .*?(?=^##)", MANUAL.read_text("utf-8"), re.MULTILINE | re.DOTALL)
TESTED = {
    "README.md": {"console", "sh", "yaml"},
    "CONTRIBUTING.md": {"sh"},
    "docs/api.md": {"pycon"},
    "docs/cli.md": {"console", "yaml"},
    "docs/editors.md": {"elisp", "json", "lua", "toml"},
    "docs/scan.md": {"sh"},
    "docs/protocol.md": {"json", "text", "ts"},
    "docs/settings.md": {"toml"},
    "docs/contributing/systems.md": {"console"},
    "training/README.md": {"sh"},
}
"""Kinds of blocks by document. A new one needs a test: here, or where the document's others are tested."""

ACCEPT = "codeorigin check --update-baseline"


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


@pytest.mark.parametrize("command", [line for line in COMMANDS if line != ACCEPT])
def test_command_runs(repository: Repository, command: str) -> None:
    done = run_line(command, repository.folder)
    assert (done.returncode, done.stderr) == (1 if command.startswith("codeorigin check") else 0, b"")
    made = [repository.folder / name for name in re.findall(r"(?:--output |=)(\S+\.\w+)", command)]
    assert [path for path in made if not path.stat().st_size] == []


def test_manual_has_ten_recipes_each_with_something_to_run() -> None:
    assert len(RECIPES) == 10
    assert [recipe for recipe in RECIPES if not BLOCK.search(recipe)] == []


def test_accepted_findings_come_back_only_when_their_text_changes(repository: Repository) -> None:
    check = "codeorigin check"
    assert run_line(ACCEPT, repository.folder).returncode == 0
    assert run_line(check, repository.folder).returncode == 0
    code = (repository.folder / "a.go").read_text("utf-8")
    repository.write("a.go", code.replace("GroupByCategory", "Grouped"))
    assert run_line(check, repository.folder).returncode == 1


def test_gitlab_job_passes_and_leaves_the_report_that_it_names(repository: Repository) -> None:
    job = yaml.safe_load(GITLAB)["codeorigin"]
    for line in job["script"]:
        assert run_line(line, repository.folder).returncode == 0
    report = json.loads((repository.folder / job["artifacts"]["reports"]["codequality"]).read_text("utf-8"))
    assert {entry["location"]["path"] for entry in report} == {"a.go", "next.go"}


def test_step_without_the_action_shows_findings_and_passes(repository: Repository) -> None:
    (step,) = yaml.safe_load(WITHOUT_THE_ACTION)
    done = run_line(step["run"], repository.folder)
    assert done.returncode == 0, done.stderr
    assert b"::notice file=a.go," in done.stdout


def test_action_has_the_inputs_that_the_manual_gives_it() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    checkout, check = yaml.safe_load(PIPELINE)
    assert checkout["uses"].startswith("actions/checkout@v")
    assert check["uses"].startswith("OWNER/codeorigin@v")
    assert set(check["with"]) <= set(action["inputs"])


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
