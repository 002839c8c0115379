"""Files whose names look alike once they are printed: each is checked, and no report takes one for the other."""

import json
import os
from pathlib import Path

import pytest

from support.command import run
from support.repositories import Repository

NAMES = [b"a\xff.py", rb"a\xff.py", rb"a\x5cxff.py", b"a\x07.py", rb"a\x07.py", b"a\\.py"]
CODE = """\
def {name}(values, limit):
    kept = []
    for value in values:
        if value < limit:
            kept.append(value)
    return kept
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    made = Repository(tmp_path / "work").folder
    for number, name in enumerate(NAMES):
        (made / os.fsdecode(name)).write_text(CODE.format(name=f"function_{number}"), "utf-8")
    return made


@pytest.mark.parametrize("arguments", [["."], ["--changed"], [os.fsdecode(name) for name in NAMES]])
def test_every_file_is_checked_under_a_name_of_its_own(workspace: Path, arguments: list[str]) -> None:
    done = run("check", *arguments, "--no-config", "--threshold", "0", "--format", "json", cwd=workspace)
    report = json.loads(done.stdout)
    assert report["errors"] == []
    functions = {
        file["path"]: [function["qualified_name"] for function in file["functions"]]
        for file in report["files"]
    }
    assert sorted(functions.values()) == [[f"function_{number}"] for number in range(len(NAMES))]


def test_every_format_tells_the_files_apart(workspace: Path, tmp_path: Path) -> None:
    formats = ("text", "sarif", "html", "markdown", "github", "gitlab")
    options = [f"--format={each}={tmp_path / each}" for each in formats]

    def reports(name: bytes) -> list[str]:
        run("check", os.fsdecode(name), "--no-config", "--threshold", "0", *options, cwd=workspace)
        own = f"function_{NAMES.index(name)}"
        return [(tmp_path / each).read_text("utf-8").replace(own, "function") for each in formats]

    for form, shown in zip(formats, zip(*map(reports, NAMES), strict=True), strict=True):
        assert len(set(shown)) == len(NAMES), form
