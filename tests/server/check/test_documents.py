"""``check`` and ``explain`` on documents with code blocks."""

import json
from pathlib import Path

import pytest

from support.command import check, complaints, reported, run
from support.language_texts import CODE
from support.repositories import Repository

PYTHON, GO = CODE["python"].strip("\n"), CODE["go"].strip("\n")


def indented(code: str, margin: str) -> str:
    return "".join(f"{margin}{line}".rstrip() + "\n" for line in code.split("\n"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    blocks = f"```python\n{PYTHON}\n```\n\n- item\n\n  ```\n{indented(GO, '  ')}  ```\n"
    (tmp_path / "README.md").write_text(f"# Title\n\n{blocks}", "utf-8")
    block = f".. code-block:: go\n\n{indented(GO, '   ')}"
    (tmp_path / "guide.rst").write_text(f"T\n=\n\n{block}\nEnd\n", "utf-8")
    (tmp_path / "a.py").write_text(PYTHON + "\n", "utf-8")
    return tmp_path


def test_code_blocks_of_a_named_document_are_checked(folder: Path) -> None:
    _, report, said = check("README.md", "guide.rst", cwd=folder)
    assert said == []
    markdown, rest = report["files"]
    assert (markdown["language"], rest["language"]) == ("markdown", "restructuredtext")
    assert [(each["name"], each["language"], each["start_line"]) for each in markdown["functions"]] == [
        ("load_orders", "python", 4), ("Lookup", "go", 17),
    ]  # fmt: skip
    assert [each["name"] for each in rest["functions"]] == ["Lookup"]
    assert markdown["functions"][1]["id"] == rest["functions"][0]["id"]
    (piped,) = reported("-", "--stdin-filename", "README.md", stdin=(folder / "README.md").read_bytes())[
        "files"
    ]
    assert [each["id"] for each in piped["functions"]] == [each["id"] for each in markdown["functions"]]


def test_documents_in_folders_are_checked_only_on_request(folder: Path) -> None:
    def paths(*options: str) -> list[str]:
        return [each["path"] for each in reported(".", *options, cwd=folder)["files"]]

    assert paths() == ["a.py"]
    assert paths("--documents") == ["README.md", "a.py", "guide.rst"]
    assert paths("--language", "markdown") == ["README.md"]


def test_explain_uses_line_numbers_of_the_document(folder: Path) -> None:
    report = json.loads(run("explain", "README.md:18", "-f", "json", cwd=folder).stdout)
    assert (report["qualified_name"], report["language"], report["start_line"]) == ("Store.Lookup", "go", 17)
    assert [line["line"] for line in report["lines"]] == list(range(17, 26))
    outside = run("explain", "README.md:1", cwd=folder)
    assert complaints(outside) == ["codeorigin: README.md:1: no function here"]


def test_changed_documents_are_checked_only_on_request(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    text = "".join(
        f"```python\n{PYTHON.replace('load_orders', name)}\n```\n\n" for name in ("first", "second")
    )
    repository.commit({"a.md": text}, date="2020-01-01")
    before, name, behind = text.partition("second")
    repository.write("a.md", before + name + behind.replace("\n", "\n    # more\n", 1))
    assert reported("--changed", cwd=repository.folder)["files"] == []
    (file,) = reported("--changed", "--documents", cwd=repository.folder)["files"]
    assert [each["name"] for each in file["functions"]] == ["second"]
