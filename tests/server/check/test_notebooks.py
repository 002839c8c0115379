"""``codeorigin check`` on notebooks: cells in every report, on stdin, in folders and in changes."""

import json
from pathlib import Path

import pytest

from codeorigin.check import workers
from support.command import complaints, report_of, run
from support.notebooks import notebook
from support.repositories import Repository

FUNCTION = """\
def total(items, rates):
    found = []
    for item in items:
        if item in rates:
            found.append(item * rates[item])
    return sum(found)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = notebook(("markdown", "# Rates"), "%pip install rates\nimport rates", f"!ls\n\n{FUNCTION}")
    (tmp_path / "rates.ipynb").write_text(text, "utf-8")
    (tmp_path / "rates.py").write_text(FUNCTION)
    return tmp_path


def test_cell_is_scored_like_a_file_with_the_same_text(folder: Path) -> None:
    report = report_of(run("check", ".", "-f", "json", cwd=folder))
    cell, file = report["files"]
    assert (cell["path"], cell["cell"]["number"], file["cell"]) == ("rates.ipynb", 3, None)
    assert (cell["functions"][0]["start_line"], file["functions"][0]["start_line"]) == (3, 1)
    assert cell["functions"][0]["logit"] == file["functions"][0]["logit"] is not None
    assert cell["functions"][0]["id"] == file["functions"][0]["id"]
    assert (report["summary"]["files"], report["summary"]["functions"]) == (2, 2)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_one_and_two_processes_give_the_same_results(
    folder: Path, jobs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "BYTES_FOR_A_WORKER", 1)
    (folder / "more.py").write_text("x = 1\n" * 9)
    report = report_of(run("check", ".", "-f", "json", "--jobs", jobs, cwd=folder))
    assert [(file["path"], len(file["functions"])) for file in report["files"]] == [
        ("more.py", 0),
        ("rates.ipynb", 1),
        ("rates.py", 1),
    ]


def test_reports_give_the_cell_and_the_lines_in_the_file(folder: Path) -> None:
    lines = (folder / "rates.ipynb").read_text("utf-8").split("\n")
    (first,) = (number for number, line in enumerate(lines, 1) if "def total" in line)
    arguments = ("check", "rates.ipynb", "--threshold", "0")
    text = run(*arguments, cwd=folder).stdout.decode()
    assert "  rates.ipynb:cell 3:3-8 " in text
    github = run(*arguments, "-f", "github", cwd=folder).stdout.decode()
    assert f"file=rates.ipynb,line={first},endLine={first + 5}," in github
    assert "`total` in cell 3 reads" in github
    (entry,) = json.loads(run(*arguments, "-f", "gitlab", cwd=folder).stdout)
    assert entry["location"]["lines"] == {"begin": first, "end": first + 5}
    (result,) = json.loads(run(*arguments, "-f", "sarif", cwd=folder).stdout)["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place["region"] == {"startLine": first, "endLine": first + 5}
    assert result["properties"]["cell"] == 3
    html = run(*arguments, "-f", "html", cwd=folder).stdout.decode()
    assert "rates.ipynb:cell 3" in html
    assert "found.append" in html


def test_stdin_named_ipynb_is_read_as_a_notebook(folder: Path) -> None:
    arguments = ("check", "-", "--stdin-filename", "x.ipynb", "-f", "json")
    text = (folder / "rates.ipynb").read_bytes()
    (cell,) = report_of(run(*arguments, stdin=text))["files"]
    assert (cell["path"], cell["cell"]["number"]) == ("x.ipynb", 3)
    (nothing,) = report_of(run(*arguments, "-l", "ruby", stdin=text))["files"]
    assert (nothing["functions"], nothing["cell"]) == ([], None)


def test_broken_notebook_costs_one_line(folder: Path) -> None:
    (folder / "broken.ipynb").write_text('{"cells": [')
    done = run("check", "broken.ipynb", "rates.py", cwd=folder)
    assert done.returncode == 2
    assert complaints(done) == [
        "codeorigin: broken.ipynb: is a broken notebook: no JSON at line 1, column 12"
    ]
    done = run("check", ".", cwd=folder)
    assert complaints(done) == [
        "codeorigin: broken.ipynb: skipped: is a broken notebook: no JSON at line 1, column 12"
    ]
    (folder / "large.ipynb").write_text(notebook("x = 1\n" * 200_000))
    assert complaints(run("check", "large.ipynb", cwd=folder)) == [
        "codeorigin: large.ipynb: is larger than 2,000,000 bytes"
    ]


def test_settings_apply_to_notebooks(folder: Path) -> None:
    settings = folder / "codeorigin.toml"
    settings.write_text('languages = ["ruby", "go"]\n')
    (folder / "a.go").write_text("package a\n")
    files = report_of(run("check", ".", "-f", "json", cwd=folder))["files"]
    assert [(file["path"], file["functions"]) for file in files] == [("a.go", []), ("rates.ipynb", [])]
    settings.write_text('exclude = ["*.ipynb"]\n')
    files = report_of(run("check", ".", "-f", "json", cwd=folder))["files"]
    assert [file["path"] for file in files] == ["a.go", "rates.py"]


def test_explain_says_that_it_does_not_read_notebooks(folder: Path) -> None:
    done = run("explain", "rates.ipynb:3", cwd=folder)
    assert complaints(done) == [
        "codeorigin: rates.ipynb: is a notebook; evidence on its cells is shown in editors alone"
    ]


def test_changed_cells_of_a_notebook_are_checked(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    other = FUNCTION.replace("total", "other")
    repository.commit({"a.ipynb": notebook(FUNCTION, other)}, date="2020-01-01")
    repository.write("a.ipynb", notebook(FUNCTION, other.replace("found = []", "found = list()")))
    report = report_of(run("check", "--changed", "-f", "json", cwd=repository.folder))
    (cell,) = report["files"]
    assert (cell["cell"]["number"], cell["changed_lines"]) == (2, [[2, 2]])
    assert [(each["name"], each["counted_lines"]) for each in cell["functions"]] == [("other", 1)]
