"""``check`` and ``explain`` on documents with code blocks."""

import json
from pathlib import Path

import pytest
from tests.support.command import complaints, report_of, run
from tests.support.language_texts import CODE
from tests.support.repositories import Repository

from codeorigin.check import workers

PYTHON, GO = CODE["python"].strip("\n"), CODE["go"].strip("\n")


def indented(code: str, margin: str) -> str:
    return "".join(f"{margin}{line}".rstrip() + "\n" for line in code.split("\n"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(
        f"# Title\n\n```python\n{PYTHON}\n```\n\n- item\n\n  ```\n{indented(GO, '  ')}  ```\n", "utf-8"
    )
    (tmp_path / "guide.rst").write_text(
        f"T\n=\n\n.. code-block:: go\n\n{indented(GO, '   ')}\nEnd\n", "utf-8"
    )
    (tmp_path / "a.py").write_text(PYTHON + "\n", "utf-8")
    return tmp_path


def test_code_blocks_of_a_named_document_are_checked(folder: Path) -> None:
    done = run("check", folder / "README.md", folder / "guide.rst", "-f", "json")
    assert complaints(done) == []
    markdown, rest = report_of(done)["files"]
    assert (markdown["language"], rest["language"]) == ("markdown", "restructuredtext")
    assert [(each["name"], each["start_line"]) for each in markdown["functions"]] == [
        ("load_orders", 4),
        ("Lookup", 17),
    ]
    assert [each["language"] for each in markdown["functions"]] == ["python", "go"]
    assert [each["name"] for each in rest["functions"]] == ["Lookup"]
    assert markdown["functions"][1]["id"] == rest["functions"][0]["id"]


def test_documents_in_folders_are_checked_only_on_request(folder: Path) -> None:
    def paths(*options: object) -> list[str]:
        return [
            Path(each["path"]).name
            for each in report_of(run("check", folder, "-f", "json", *options))["files"]
        ]

    assert paths() == ["a.py"]
    assert paths("--documents") == ["README.md", "a.py", "guide.rst"]
    assert paths("--language", "markdown") == ["README.md"]


def test_one_and_two_processes_give_the_same_results(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "BYTES_FOR_A_WORKER", 1)
    for number in range(10):
        (folder / f"{number}.md").write_text(f"# {number}\n\n```python\n{PYTHON}\n```\n" * 8, "utf-8")
    one, two = (report_of(run("check", folder, "--documents", "-f", "json", "-j", jobs)) for jobs in (1, 2))
    assert len(one["files"]) == 13
    assert one["files"] == two["files"]


def test_stdin_with_a_document_name_is_read_as_a_document(folder: Path) -> None:
    done = run(
        "check", "-", "--stdin-filename", "x.md", "-f", "json", stdin=(folder / "README.md").read_bytes()
    )
    assert [each["name"] for each in report_of(done)["files"][0]["functions"]] == ["load_orders", "Lookup"]


def test_explain_uses_line_numbers_of_the_document(folder: Path) -> None:
    done = run("explain", f"{folder / 'README.md'}:18", "-f", "json")
    report = json.loads(done.stdout)
    assert (report["qualified_name"], report["language"], report["start_line"]) == ("Store.Lookup", "go", 17)
    assert [line["line"] for line in report["lines"]] == list(range(17, 26))
    outside = run("explain", f"{folder / 'README.md'}:1")
    assert complaints(outside) == [f"codeorigin: {folder / 'README.md'}:1: no function here"]


def test_changed_documents_are_checked_only_on_request(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "work")
    first, second = (PYTHON.replace("load_orders", name) for name in ("first", "second"))
    text = f"# T\n\n```python\n{first}\n```\n\n```python\n{second}\n```\n"
    repository.commit({"a.md": text}, date="2020-01-01")
    place = text.index("second") + len(second) // 2
    repository.write("a.md", text[:place] + text[place:].replace("\n", "\n    # more\n", 1))
    plain = run("check", "--changed", "-f", "json", cwd=repository.folder)
    assert report_of(plain)["files"] == []
    done = run("check", "--changed", "--documents", "-f", "json", cwd=repository.folder)
    [file] = report_of(done)["files"]
    assert [each["name"] for each in file["functions"]] == ["second"]
