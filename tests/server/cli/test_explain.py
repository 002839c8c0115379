"""How FILE:LINE leads to a function."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codeorigin.check.result import CheckedFile
from codeorigin.cli.explain import Target, find_function, parse_target
from codeorigin.errors import SourceError
from codeorigin.model.verdict import Band, Verdict

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
