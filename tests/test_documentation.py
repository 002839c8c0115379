"""Links between the documents resolve, options in their examples exist, and what they show works as it is written."""

import json
import re
from enum import StrEnum
from pathlib import Path

import pytest

from codeorigin.records.record import RecordSource, Strength, WrittenBy
from support.command import PLAIN, ROOT, TERSE, run
from support.documents import BLOCK, DOCUMENTS, blocks, run_line
from support.repositories import Repository

LINK = re.compile(r"\]\(([^)#\s]+)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_resolve(document: Path) -> None:
    text = re.sub(BLOCK, "", document.read_text("utf-8"))
    missing = []
    for target, anchor in LINK.findall(text):
        if "://" in target or target.startswith("mailto:"):
            continue
        path = document.parent / target
        if not path.exists():
            missing.append(target)
        elif anchor and path.suffix == ".md" and anchor not in anchors(path):
            missing.append(f"{target}#{anchor}")
    assert missing == []


def anchors(document: Path) -> set[str]:
    """The anchors that headings get from the usual renderers: lower case, no punctuation, hyphens for spaces."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize(
    "document",
    [path for path in DOCUMENTS if blocks("sh", path)],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_options_in_examples_exist(document: Path) -> None:
    unknown = []
    helps: dict[str, str] = {}
    for line in "\n".join(blocks("sh", document)).splitlines():
        words = line.split(" #")[0].split()
        if len(words) < 2 or words[0] != "codeorigin" or words[1].startswith("-"):
            continue
        if words[1] not in helps:
            helps[words[1]] = run(words[1], "--help").stdout.decode()
        given = re.findall(r"(?<=\s)--[a-z][a-z-]*", line.split(" #")[0].split("|")[0])
        unknown.extend((words[1], option) for option in given if option not in helps[words[1]])
    assert unknown == []


@pytest.mark.parametrize("page", ["README.md", "docs/how-it-works.md", "models/codeorigin-small/README.md"])
def test_rates_of_the_bands_are_those_of_the_model(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    manifest = json.loads((ROOT / "models/codeorigin-small/manifest.json").read_text("utf-8"))
    alone = manifest["calibration"]["alone"]
    ((llm, human),) = re.findall(
        r"`likely LLM`\D{1,80}at most (\d+) %\D{1,150}`human`\D{1,90}at most (\d+) %", text
    )
    assert (int(llm) / 100, int(human) / 100) == (alone["llm_rate"], alone["human_rate"])


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


@pytest.mark.parametrize(
    ("field", "values"), [("source", RecordSource), ("by", WrittenBy), ("strength", Strength)]
)
def test_protocol_lists_every_value_of_a_record(field: str, values: type[StrEnum]) -> None:
    page = (ROOT / "docs" / "contributing" / "protocol.md").read_text("utf-8")
    line = re.findall(rf' {field}: ("[^;]*);', page.partition("record: {")[2])[0]
    assert re.findall(r'"([\w-]+)"', line) == list(values)


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
