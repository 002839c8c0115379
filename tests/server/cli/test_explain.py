"""``explain``: how FILE:LINE leads to a function, and what is said about it with the shipped model."""

import json
import re
from pathlib import Path

import pytest

from codeorigin.analysis.judged import JudgedFile
from codeorigin.cli.explain import Target, find_function, parse_target
from codeorigin.core.errors import SourceError
from support.check_results import HUMAN, LLM, UNSURE, checked_file
from support.command import TERSE, report_of, run


@pytest.mark.parametrize(
    ("argument", "target"),
    [
        ("app.py:12", Target("app.py", 12)),
        ("a/b c.py:1:5", Target("a/b c.py", 1, 5)),
        ("C:\\code\\app.cs:7", Target("C:\\code\\app.cs", 7)),
        ("odd:name.py:3", Target("odd:name.py", 3)),
    ],
)
def test_targets_are_parsed(argument: str, target: Target) -> None:
    assert parse_target(argument) == target


def test_file_name_may_end_like_a_line_number(tmp_path: Path) -> None:
    (tmp_path / "log:12").write_text("")
    assert parse_target(f"{tmp_path}/log:12:5") == Target(f"{tmp_path}/log:12", 5)
    assert parse_target(f"{tmp_path}/other:12:5") == Target(f"{tmp_path}/other", 12, 5)


@pytest.mark.parametrize(
    "argument", ["app.py", "app.py:", ":12", "app.py:x", "app.py:0", "app.py:1:0", "app.py:-3"]
)
def test_invalid_target_says_how_to_write_one(argument: str) -> None:
    with pytest.raises(SourceError, match=r"FILE:LINE|count from 1"):
        parse_target(argument)


def name_at(file: JudgedFile, line: int, column: int | None = None) -> str | None:
    """The function there; None if there is none, else what is wrong with it."""
    try:
        found = find_function(file.functions, Target(file.path, line, column), file.path)
    except SourceError as error:
        return None if error.reason == "no function here" else str(error)
    return found.span.qualified_name


def test_a_line_leads_to_the_outermost_function_around_it() -> None:
    by_line = dict.fromkeys((1, 3, 7, 9, 17, 99)) | dict.fromkeys((4, 5, 6), "fast")
    by_line |= dict.fromkeys((10, 11, 12), "Shelf.put")
    by_line[18] = "shelf.py:18: 'tiny' is not scored: too short"
    assert {line: name_at(checked_file(), line) for line in by_line} == by_line


def test_column_selects_among_functions_on_one_line() -> None:
    text = "function one() { return 1 } function two() { return 2 }\n"
    file = checked_file("a.js", text, {"one": LLM, "two": HUMAN}, language="javascript")
    columns = [None, text.index("two") + 1, text.index(" function two") + 1]
    assert [name_at(file, 1, column) for column in columns] == ["one", "two", None]


def test_comment_above_belongs_to_the_function() -> None:
    text = "int a;\n\n/* Adds. */\nint add(int a, int b) {\n    return a + b;\n}\n"
    file = checked_file("a.c", text, {"add": UNSURE}, language="c")
    assert [name_at(file, line) for line in (1, 3)] == [None, "add"]


def test_explain_shows_every_line_with_its_evidence() -> None:
    done = run("explain", f"{TERSE}:12", "--no-config")
    shown = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown.startswith("rpn  ")
    body = TERSE.read_text().split("def rpn(s):\n")[1].split("\n\n")[0].splitlines()
    for line in body:
        assert line.strip() in shown
    figures = ("logit ", "completeness gap", "strongest tokens")
    assert [part for part in figures if part in shown] == []
    verbose = run("explain", f"{TERSE}:12", "-v").stdout.decode()
    assert re.search(r"logit [+-]\d+\.\d\d = baseline [+-]\d+\.\d\d \+ lines [+-]\d+\.\d\d", verbose)
    assert [part for part in figures if part in verbose] == list(figures)


def test_an_excluded_file_is_explained_and_said_to_be_excluded(tmp_path: Path) -> None:
    (tmp_path / "codeorigin.toml").write_text('exclude = ["other", "gen/"]')
    (tmp_path / "gen").mkdir()
    path = tmp_path / "gen" / "a.py"
    path.write_bytes(TERSE.read_bytes())
    done = run("explain", f"{path}:12")
    assert (done.returncode, done.stdout[:3]) == (0, b"rpn")
    said = f"codeorigin: {path}: excluded in the settings by gen/; it counts because it is named\n"
    assert done.stderr.decode() == said


@pytest.mark.parametrize("options", [(), ("--tokens", "12")])
def test_lines_and_constructs_add_up_to_the_logit_of_the_check(options: tuple[str, ...]) -> None:
    checked = report_of(run("check", TERSE, "--format", "json"))["files"][0]["functions"][0]
    place = f"{TERSE}:{checked['start_line']}"
    explained = json.loads(run("explain", place, "--format", "json", *options).stdout)
    assert explained["logit"] == pytest.approx(checked["logit"], abs=1e-4)
    assert explained["probability"] == checked["probability"]
    assert len(explained["top_tokens"]) == (12 if "--tokens" in options else 5)
    lines = explained["lines"]
    assert [line["line"] for line in lines] == sorted({line["line"] for line in lines})
    evidence = explained["logit"] - explained["baseline_logit"]
    total = sum(line["value"] for line in lines)
    gap = abs(total - evidence) / max(abs(evidence), 1.0)
    assert gap == pytest.approx(explained["completeness_gap"], abs=1e-5)
    assert explained["approximate"] is (gap > 0.02)
    assert all(line["value"] == pytest.approx(line["wide"] + line["deep"], abs=1e-6) for line in lines)
    assert sum(each["value"] for each in explained["constructs"]) == pytest.approx(total, abs=1e-6)
