"""``codeorigin check`` on notebooks: cells in every report, on stdin, in folders and in changes."""

from pathlib import Path

import pytest

from support.command import check, complaints, reported, run
from support.notebooks import notebook
from support.repositories import Repository, plain_functions

FUNCTION = plain_functions("total")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = notebook(("markdown", "# Rates"), "%pip install rates\nimport rates", f"!ls\n\n{FUNCTION}")
    (tmp_path / "rates.ipynb").write_text(text, "utf-8")
    (tmp_path / "rates.py").write_text(FUNCTION)
    return tmp_path


def test_cell_is_scored_like_a_file_with_the_same_text(folder: Path) -> None:
    report = reported(".", cwd=folder)
    cell, file = report["files"]
    assert (cell["path"], cell["cell"]["number"], file["cell"]) == ("rates.ipynb", 3, None)
    (inside,), (outside,) = cell["functions"], file["functions"]
    assert (inside["start_line"], outside["start_line"]) == (3, 1)
    assert inside["logit"] == outside["logit"] is not None
    assert inside["id"] == outside["id"]
    assert (report["summary"]["files"], report["summary"]["functions"]) == (2, 2)


def test_stdin_named_ipynb_is_read_as_a_notebook(folder: Path) -> None:
    given = ("-", "--stdin-filename", "x.ipynb")
    text = (folder / "rates.ipynb").read_bytes()
    (cell,) = reported(*given, stdin=text)["files"]
    assert (cell["path"], cell["cell"]["number"]) == ("x.ipynb", 3)


def test_broken_or_large_notebook_costs_one_line(folder: Path) -> None:
    (folder / "broken.ipynb").write_text('{"cells": [')
    (folder / "large.ipynb").write_text(notebook("x = 1\n" * 200_000))
    broken = "is a broken notebook: no JSON at line 1, column 12"
    large = "is larger than 2,000,000 bytes"
    code, _, said = check("broken.ipynb", "large.ipynb", "rates.py", cwd=folder)
    assert code == 2
    assert said == [f"codeorigin: broken.ipynb: {broken}", f"codeorigin: large.ipynb: {large}"]
    _, _, said = check(".", cwd=folder)
    assert f"codeorigin: broken.ipynb: skipped: {broken}" in said


def test_notebooks_are_selected_as_python_files_are(folder: Path) -> None:
    (folder / "a.go").write_text("package a\n")
    settings = folder / "codeorigin.toml"
    for languages, options, paths in (
        (["go"], (), ["a.go"]),
        (["python"], (), ["rates.ipynb", "rates.py"]),
        (["go"], ("--language", "python"), ["rates.ipynb", "rates.py"]),
        (["go"], ("--language", "notebook"), ["rates.ipynb"]),
    ):
        settings.write_text(f"languages = {languages}\n")
        assert [file["path"] for file in reported(".", *options, cwd=folder)["files"]] == paths
    settings.write_text('exclude = ["*.ipynb"]\n')
    assert [file["path"] for file in reported(".", cwd=folder)["files"]] == ["a.go", "rates.py"]


def test_explain_says_that_it_does_not_read_notebooks(folder: Path) -> None:
    done = run("explain", "rates.ipynb:3", cwd=folder)
    said = "codeorigin: rates.ipynb: is a notebook; its cells are explained in editors alone"
    assert complaints(done) == [said]


def test_changed_cells_of_a_notebook_are_checked(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "repository")
    other = plain_functions("other")
    repository.commit({"a.ipynb": notebook(FUNCTION, other)}, date="2020-01-01")
    repository.write("a.ipynb", notebook(FUNCTION, other.replace("kept = []", "kept = list()")))
    (cell,) = reported("--changed", cwd=repository.folder)["files"]
    assert (cell["cell"]["number"], cell["changed_lines"]) == (2, [[2, 2]])
    assert [(each["name"], each["counted_lines"]) for each in cell["functions"]] == [("other", 1)]
