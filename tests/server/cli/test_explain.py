"""``explain``: how FILE:LINE leads to a function, and what is said about it with the shipped model."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codeorigin.check.result import CheckedFile
from codeorigin.cli.explain import Target, find_function, parse_target
from codeorigin.errors import SourceError
from codeorigin.model.verdict import Band, Verdict
from support.command import TERSE, report_of, run

MakeFile = Callable[..., CheckedFile]


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


def name_at(file: CheckedFile, line: int, column: int | None = None) -> str:
    function = find_function(file.report.functions, Target(file.path, line, column), file.path)
    return function.span.qualified_name


@pytest.mark.parametrize(("line", "name"), [(4, "fast"), (5, "fast"), (6, "fast"), (10, "Shelf.put")])
def test_decorators_and_bodies_belong_to_the_function(line: int, name: str, make_file: MakeFile) -> None:
    assert name_at(make_file(), line) == name


@pytest.mark.parametrize("line", [11, 12])
def test_nested_function_is_explained_as_part_of_the_outermost(line: int, make_file: MakeFile) -> None:
    assert name_at(make_file(), line) == "Shelf.put"


@pytest.mark.parametrize("line", [1, 3, 7, 9, 17, 99])
def test_line_outside_any_function_is_an_error(line: int, make_file: MakeFile) -> None:
    with pytest.raises(SourceError, match=rf"^shelf\.py:{line}: no function here$"):
        name_at(make_file(), line)


def test_function_without_a_verdict_says_why(make_file: MakeFile) -> None:
    with pytest.raises(SourceError, match=r"^shelf\.py:18: 'tiny' is not scored: too short$"):
        name_at(make_file(), 18)


def test_column_selects_among_functions_on_one_line(
    make_file: MakeFile, verdicts: Mapping[Band, Verdict]
) -> None:
    given = {"one": verdicts[Band.LLM], "two": verdicts[Band.HUMAN]}
    text = "function one() { return 1 } function two() { return 2 }\n"
    file = make_file("a.js", text, given, language="javascript")
    assert name_at(file, 1) == "one"
    assert name_at(file, 1, text.index("two") + 1) == "two"
    with pytest.raises(SourceError, match="no function here"):
        name_at(file, 1, text.index(" function two") + 1)


def test_comment_above_belongs_to_the_function(make_file: MakeFile, verdicts: Mapping[Band, Verdict]) -> None:
    text = "int a;\n\n/* Adds. */\nint add(int a, int b) {\n    return a + b;\n}\n"
    file = make_file("a.c", text, {"add": verdicts[Band.UNSURE]}, language="c")
    assert name_at(file, 3) == "add"
    with pytest.raises(SourceError, match="no function here"):
        name_at(file, 1)


def test_explain_shows_every_line_with_its_evidence() -> None:
    done = run("explain", f"{TERSE}:12")
    shown = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b"")
    assert shown.startswith("rpn  ")
    assert re.search(r"logit [+-]\d+\.\d\d = baseline [+-]\d+\.\d\d \+ lines [+-]\d+\.\d\d", shown)
    assert re.search(r"completeness gap (under )?[\d.]+ %", shown)
    body = TERSE.read_text().split("def rpn(s):\n")[1].split("\n\n")[0].splitlines()
    for line in body:
        assert line.strip() in shown
    assert "strongest tokens" in shown


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--ig-baseline", "zero"),
        ("--ig-baseline", "pad", "--nodes", "16"),
        ("--tokens", "12"),
    ],
)
def test_lines_add_up_to_the_logit(options: tuple[str, ...]) -> None:
    done = run("explain", f"{TERSE}:12", "--format", "json", *options)
    explained = json.loads(done.stdout)
    evidence = explained["logit"] - explained["baseline_logit"]
    total = sum(line["value"] for line in explained["lines"])
    scale = max(abs(evidence), 1.0)
    assert abs(total - evidence) / scale == pytest.approx(explained["completeness_gap"], abs=1e-5)
    assert explained["approximate"] is (explained["completeness_gap"] > 0.02)
    assert [line["line"] for line in explained["lines"]] == sorted(
        {line["line"] for line in explained["lines"]}
    )
    assert all(
        line["value"] == pytest.approx(line["wide"] + line["deep"], abs=1e-6) for line in explained["lines"]
    )
    assert len(explained["top_tokens"]) == (12 if "--tokens" in options else 5)
    assert sum(each["value"] for each in explained["constructs"]) == pytest.approx(total, abs=1e-6)


def test_explain_and_check_give_the_same_logit() -> None:
    checked = report_of(run("check", TERSE, "--format", "json"))["files"][0]["functions"][0]
    explained = json.loads(run("explain", f"{TERSE}:{checked['start_line']}", "--format", "json").stdout)
    assert explained["logit"] == pytest.approx(checked["logit"], abs=1e-4)
    assert explained["probability"] == checked["probability"]


def test_explain_supports_occlusion() -> None:
    done = run("explain", f"{TERSE}:12", "--method", "occlusion", "--format", "json")
    explained = json.loads(done.stdout)
    assert done.returncode == 0
    assert explained["method"] == "occlusion"
    assert any(line["value"] != 0 for line in explained["lines"])
