"""What the manuals show of settings and commands works as it is written; what CI runs is in server/integrations."""

import re
from pathlib import Path

import pytest

from support.command import PLAIN, ROOT, TERSE
from support.documents import BLOCK, DOCUMENTS, blocks, run_line
from support.repositories import Repository

MANUAL, CHECK, TEAM = (ROOT / "docs" / name for name in ("cli.md", "check.md", "team.md"))
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


def test_project_file_is_obeyed_without_a_complaint(repository: Repository) -> None:
    (text,) = blocks("toml", ROOT / "docs" / "settings.md")
    repository.write("codeorigin.toml", text)
    repository.write("generated/x.py", TERSE.read_text())
    done = run_line("codeorigin check . --format json", repository.folder)
    assert done.stderr == b""
    assert b'"b.py"' in done.stdout
    assert b"generated/x.py" not in done.stdout
