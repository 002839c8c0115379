"""Names that the machines of GitHub would take for commands: no output of ours contains one that works."""

import json
import re
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest

from codeorigin.check.formats import ReportFormat
from codeorigin.history.options import HistoryFormat
from codeorigin.text.literal_text import html_line, literal_json, one_line
from support.command import PLAIN
from support.command import run as run_command
from support.declared_records import PERSON, add_note, git_ai_note
from support.repositories import Repository

BRACKETS = ("##[error]", "###[group]")
COLONS = ("::add-mask::", "  ::stop-commands::x", "\N{NO-BREAK SPACE}::error::", ":::x")
# GitHub looks for the first anywhere in a line, and for two colons at its start.
OBEYED = re.compile(r"##\[|^\s*::", re.MULTILINE)
NAME = "##[x]y"
FILE = f"::add-mask::{NAME}.js"
_BODY = "\n".join(f"  total += values[{n}] * {n};" for n in range(12))
_CODE = f'const handlers = {{ "::{NAME}": function (values) {{\n  let total = 0;\n{_BODY}\n  return total;\n}} }};\n'
_CPP = "int total(int x) {\n  int y = x;\n" + "  ::add(x); // ##[error]z\n" * 12 + "  return y;\n}\n"


@pytest.mark.parametrize("text", [*BRACKETS, *COLONS, *(f"a {text} b" for text in BRACKETS)])
def test_every_destination_breaks_a_command(text: str) -> None:
    for shown in (one_line(text), html_line(text), literal_json(json.dumps(text))):
        assert OBEYED.search(shown) is None
    assert ElementTree.fromstring(f"<p>{html_line(text)}</p>").text == text
    assert json.loads(literal_json(json.dumps(text))) == text


@pytest.mark.parametrize(
    "text", ["std::vector<int>", "a ## b", "# a", "## Heading [1]", "x::", "#[derive(Debug)]"]
)
def test_text_that_no_machine_obeys_is_unchanged(text: str) -> None:
    assert one_line(text) == html_line(text).replace("&lt;", "<").replace("&gt;", ">") == text
    assert literal_json(text) == text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose files, folders, functions, settings and commits are named like commands."""
    made = Repository(tmp_path_factory.mktemp("ci") / f"::{NAME}")
    files = {
        FILE: _CODE,
        f"::{NAME}/{NAME}.cpp": _CPP,
        "codeorigin.toml": f'"{NAME}" = 1\n"::{NAME}" = "##[error]"\n',
    }
    made.commit({"a.js": "let x = 1;\n"}, date="2023-01-01")
    made.commit(
        files, date="2023-02-01", message=f"::{NAME}\n\nCo-authored-by: ::{NAME} <noreply@anthropic.com>"
    )
    add_note(made, git_ai_note({FILE: {PERSON: "1-9"}, f'"::{NAME} x.py"': {PERSON: "1"}}))
    made.write(f"{NAME}.py", b"\x7fELF\0\0")
    done = run(made.folder, "check", ".", "--threshold", "0", "--format", f"json={NAME}.json")
    assert done.returncode == 1, done.stderr
    return made.folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = PLAIN | {"XDG_CACHE_HOME": str(folder.parent / "cache")}
    done = run_command(*arguments, stdin=_CODE.encode(), cwd=folder, environment=environment)
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", ".", "--threshold", "0", "--format", ReportFormat.GITHUB),
        ("check", "--commit", "HEAD", "--threshold", "0", "--format", ReportFormat.TEXT),
        ("check", "-", "--stdin-filename", FILE),
        ("explain", f"{FILE}:2"),
        ("explain", f"::{NAME}/{NAME}.cpp:2", "--format", "json"),
        ("language", FILE),
        *(("history", ".", "--format", each) for each in HistoryFormat),
    ],
)
def test_no_report_contains_a_command(folder: Path, arguments: tuple[str, ...]) -> None:
    done = run(folder, *arguments)
    assert done.returncode in {0, 1}, done.stderr
    assert done.stdout
    ours = re.compile(r"^::(notice|warning|error) file=", re.MULTILINE) if "github" in arguments else None
    shown = done.stdout if ours is None else ours.sub("", done.stdout)
    assert OBEYED.search(shown) is None, OBEYED.search(shown)
    assert OBEYED.search(done.stderr) is None


@pytest.mark.parametrize(
    "arguments",
    [
        (f"::{NAME}",),
        ("check", f"{NAME}.py"),
        ("check", FILE, "--language", NAME),
        ("check", FILE, "--format", f"json={NAME}/x/y"),
        ("check", FILE, "--model", NAME),
        ("check", FILE, "--settings", f'{{"threshold": "{NAME}"}}'),
        ("check", "--commit", NAME),
        ("explain", f"{FILE}:9999"),
        ("history", NAME),
        ("history", ".", "--since", NAME),
        ("scan", NAME, "--out", "../scan"),
    ],
)
def test_no_error_contains_a_command(folder: Path, arguments: tuple[str, ...]) -> None:
    done = run(folder, *arguments)
    assert done.stderr
    assert OBEYED.search(done.stderr + done.stdout) is None


def test_the_trap_works(folder: Path) -> None:
    report = json.loads((folder / f"{NAME}.json").read_text())
    assert {each["path"] for each in report["files"]} >= {FILE, f"::{NAME}/{NAME}.cpp"}
    assert any(NAME in each["name"] for file in report["files"] for each in file["functions"])
    shown = run(folder, "check", FILE, f"{NAME}.py", "--threshold", "0")
    name = r"#\x23[x]y"
    assert rf"\x3a:add-mask::{name}.js" in shown.stdout
    assert f"{name}.py" in shown.stderr
    assert "there is no setting" in shown.stderr
