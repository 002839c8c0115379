"""``explain``: how FILE:LINE leads to a function, and what is said about it with the shipped model."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from codeorigin.analysis.judged import JudgedFile
from codeorigin.cli import explanation_report
from codeorigin.cli.explain import find_function, parse_target
from codeorigin.cli.explanation_report import Explained, signed_bar
from codeorigin.core.errors import SourceError
from codeorigin.explain.explanation import (
    ConstructAttribution,
    Explanation,
    LineAttribution,
    Method,
    TokenAttribution,
)
from codeorigin.languages.constructs import Construct
from codeorigin.model.scoring.deep_settings import Baseline
from codeorigin.model.verdict import Verdict
from support.check_results import IN_FILE, LLM, UNSURE, checked_file
from support.command import TERSE, report_of, run

CODE = "import a\n\n\n@b\ndef fast(n):\n\treturn '\x1b[31m[red]\u202e'\n"
EXPLANATION = Explanation(
    logit=1.88,
    baseline_logit=0.37,
    completeness_gap=0.0066,
    approximate=False,
    nodes=16,
    method=Method.INTEGRATED_GRADIENTS,
    baseline=Baseline.MASK,
    lines=(
        LineAttribution(line=3, value=0.5, wide=0.25, deep=0.25),
        LineAttribution(line=4, value=-1.0, wide=-1.0, deep=0.0),
        LineAttribution(line=5, value=2.0, wide=0.5, deep=1.5),
    ),
    top_tokens=(TokenAttribution(text="fa\x1bst", line=5, start_column=4, end_column=8, value=1.25),),
    constructs=(
        ConstructAttribution(Construct.ERROR_HANDLING, 2.0, 0.75, 1.25, 30),
        ConstructAttribution(Construct.NAME, -0.5, -1.0, 0.5, 90),
    ),
)
LINEAR = {"method": Method.LINEAR, "nodes": None, "baseline": None}


@pytest.mark.parametrize(
    ("argument", "target"),
    [
        ("app.py:12", ("app.py", 12)),
        ("a/b c.py:1:5", ("a/b c.py", 1)),
        ("C:\\code\\app.cs:7", ("C:\\code\\app.cs", 7)),
        ("odd:name.py:3", ("odd:name.py", 3)),
    ],
)
def test_targets_are_parsed(argument: str, target: tuple[str, int]) -> None:
    assert parse_target(argument) == target


@pytest.mark.parametrize("argument", ["app.py", "app.py:", ":12", "app.py:x", "app.py:0", "app.py:-3"])
def test_invalid_target_says_how_to_write_one(argument: str) -> None:
    with pytest.raises(SourceError, match=r"FILE:LINE|count from 1"):
        parse_target(argument)


def name_at(file: JudgedFile, line: int) -> str | None:
    """The function there; None if there is none, else what is wrong with it."""
    try:
        found = find_function(file, line)
    except SourceError as error:
        return None if error.reason == "no function here" else str(error)
    return found.span.qualified_name


def test_a_line_leads_to_the_outermost_function_around_it() -> None:
    by_line = dict.fromkeys((1, 3, 7, 9, 17, 99)) | dict.fromkeys((4, 5, 6), "fast")
    by_line |= dict.fromkeys((10, 11, 12), "Shelf.put")
    by_line[18] = "shelf.py:18: 'tiny' is not scored: too short"
    assert {line: name_at(checked_file(), line) for line in by_line} == by_line


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
    said = f"codeorigin: {path}: excluded by codeorigin.toml: gen/; it counts because it is named\n"
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


def explained(verdict: Verdict = LLM, **others: Any) -> Explained:
    """A function whose explanation has ``others`` in place of its fields."""
    (function, *_) = checked_file(text=CODE, verdicts={"fast": verdict}).functions
    return Explained(
        "[b]\x1b.py", "codeorigin-test 0.1.0 (abc)", CODE, function, replace(EXPLANATION, **others)
    )


def rendered(shown: Explained, *, verbose: bool = True) -> str:
    stream = io.StringIO()
    explanation_report.write_text(shown, stream, verbose=verbose)
    return stream.getvalue()


def test_narrow_terminal_breaks_sentences_between_words_and_cuts_code(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "45")
    monkeypatch.setenv("NO_COLOR", "1")
    stream = io.StringIO()
    stream.isatty = lambda: True  # type: ignore[method-assign]
    explanation_report.write_text(explained(), stream)
    lines = re.sub("\x1b\\[[0-9;]*m", "", stream.getvalue()).splitlines()
    assert [line for line in lines if len(line) > 45] == []
    (code,) = [line for line in lines if line.startswith("6 ")]
    assert code.endswith("…")
    words = " ".join(" ".join(lines).split())
    assert "3 in 100 human-written Rust functions score this high." in words


@pytest.mark.parametrize(
    ("verdict", "others"),
    [(LLM, {}), (IN_FILE, {"approximate": True}), (LLM, LINEAR)],
    ids=["plain", "in its file", "linear"],
)
def test_explanations(verdict: Verdict, others: dict[str, Any], snapshot: SnapshotAssertion) -> None:
    shown = explained(verdict, **others)
    assert rendered(shown, verbose=False) == snapshot
    assert rendered(shown) == snapshot
    assert explanation_report.render_json(shown) == snapshot


@pytest.mark.parametrize(
    ("value", "bar"),
    [(2.0, "    |++++"), (0.2, "    |    "), (-1.25, "  --|    "), (0.0, "    |    "), (9.0, "    |++++")],
)
def test_bars_show_direction_and_length(value: float, bar: str) -> None:
    assert signed_bar(value, 2.0, 4) == bar


def test_colours_distinguish_the_two_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    colours = [
        re.findall("\x1b\\[([0-9;]+)m *[+-]\\d", line) for line in rendered(explained()).splitlines()[7:10]
    ]
    assert [len(found) for found in colours] == [1, 1, 1]
    assert colours[0] == colours[2] != colours[1]
