"""Notebook cells and document code blocks in a history."""

import json
from pathlib import Path

import pytest

from support.command import report_of, run
from support.histories import History, Judge, OpenRun
from support.notebooks import notebook
from support.repositories import Repository, plain_functions

MANUAL = "# Use\n\n- a list\n\n  ```python\n{}\n  ```\n\n```js\nconst one = 1;\n```\n"


def manual(text: str) -> str:
    return MANUAL.format("\n".join(f"  {line}".rstrip() for line in text.rstrip("\n").split("\n")))


@pytest.fixture
def mixed(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "mixed")
    made.commit(
        {
            "n.ipynb": notebook(plain_functions("one", "two"), "print(1)"),
            "m.md": manual(plain_functions("block")),
        },
        date="2020-01-01",
    )
    touched = plain_functions("one", "two").replace("limit + 1", "limit + 2", 1)
    made.commit({"n.ipynb": notebook(touched, "print(1)", plain_functions("three"))}, date="2020-01-02")
    made.commit(
        {"m.md": manual(plain_functions("block").replace("limit + 1", "limit + 3"))}, date="2020-01-03"
    )
    return made


def test_cells_are_judged_by_the_changed_lines_of_their_file(mixed: Repository, judge: Judge) -> None:
    third, second, first = judge(mixed.folder, wanted=lambda path: not path.endswith(".md"))
    assert (first.functions, first.written, first.lines) == (2, 2, 12)
    assert (second.functions, second.written, second.lines) == (2, 1, 7)
    assert (third.functions, third.reason) == (0, "too_few_functions")
    assert [part.language for part in first.parts] == ["python"]


def test_document_blocks_do_not_count_in_the_verdict_on_their_commit(mixed: Repository, judge: Judge) -> None:
    third, _, first = judge(mixed.folder)
    assert (first.functions, first.written, first.lines) == (3, 2, 18)
    assert (third.functions, third.written, third.lines) == (1, 0, 1)


def test_verdict_is_the_same_as_in_check(mixed: Repository, judge: Judge, model: Path) -> None:
    mixed.commit({"a.py": plain_functions("four", "five", "six", number=4)}, date="2020-01-04")
    for result in judge(mixed.folder):
        options = ("--documents", "--format", "json", "--model", model, "--commit", result.commit)
        report = report_of(run("check", *options, cwd=mixed.folder))
        verdict = report["change"]["verdict"]
        assert (verdict["probability"], verdict["function_count"]) == (result.probability, result.written)
        found = [each for file in report["files"] for each in file["functions"]]
        assert (len(found), sum(each["counted_lines"] for each in found)) == (result.functions, result.lines)


def test_cells_can_be_limited_to_languages(mixed: Repository, judge: Judge) -> None:
    mixed.commit(
        {"n.ipynb": notebook(plain_functions("four"), "%%ruby\nputs 1"), "a.py": plain_functions("five")},
        date="2020-01-04",
    )
    kept = {"wanted": lambda path: not path.endswith(".md")}
    assert judge(mixed.folder, **kept)[0].functions == 2
    (mixed.folder.parent / "state.sqlite").unlink()
    assert judge(mixed.folder, cells=frozenset({"ruby"}), **kept)[0].functions == 1


def test_broken_notebook_counts_as_unread(mixed: Repository, judge: Judge) -> None:
    mixed.commit({"n.ipynb": "{"}, date="2020-01-04")
    first = judge(mixed.folder)[0]
    assert (first.unread, first.missing) == (1, 0)


def test_notebook_in_one_line_is_read(mixed: Repository, judge: Judge) -> None:
    text = json.dumps(json.loads(notebook(plain_functions("four", "five"))))
    mixed.commit({"flat.ipynb": text}, date="2020-01-04")
    result = judge(mixed.folder)[0]
    assert (result.functions, result.written, result.lines) == (2, 2, 2)


def test_details_show_the_lines_of_cells_and_blocks(mixed: Repository, open_run: OpenRun) -> None:
    with open_run(mixed.folder) as opened:
        results = list(opened.results())
        third, second, _ = opened.details(results)
    (block,) = third.functions
    assert [line.text for line in block.lines][:2] == ["def block(values, limit):", "    kept = []"]
    assert [(line.number, line.changed) for line in block.lines if line.changed] == [(9, True)]
    cell = next(each for each in second.functions if each.name == "three")
    shown = (mixed.folder / "n.ipynb").read_text("utf-8").splitlines()
    assert [json.loads(shown[line.number - 1].strip().rstrip(",")).rstrip("\n") for line in cell.lines] == [
        line.text for line in cell.lines
    ]
    assert all(line.changed for line in cell.lines)


@pytest.mark.parametrize(
    ("options", "functions"), [([], 2), (["--documents"], 3), (["--language", "markdown"], 1)]
)
def test_history_command_reads_documents_only_on_request(
    mixed: Repository, history: History, options: list[str], functions: int
) -> None:
    code, out, _ = history("--format", "json", *options, path=str(mixed.folder))
    assert (code, json.loads(out)["commits"][-1]["functions"]) == (0, functions)
