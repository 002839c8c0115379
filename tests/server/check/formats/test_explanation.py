"""An explanation as text and as JSON."""

import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from codeorigin.cli import explanation_report
from codeorigin.cli.explanation_report import Explained
from codeorigin.explain.explanation import (
    Baseline,
    ConstructAttribution,
    Explanation,
    LineAttribution,
    Method,
    TokenAttribution,
)
from codeorigin.languages.construct import Construct
from codeorigin.model.verdict import Verdict
from support.check_results import CODE, IN_FILE, LLM, checked_file

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


def explained(verdict: Verdict = LLM, text: str = CODE, **others: Any) -> Explained:
    """The first function of ``text``; ``others`` replace fields of its explanation."""
    (function, *_) = checked_file(text=text, verdicts={"fast": verdict}).functions
    model = "codeorigin-test 0.1.0 (abc)"
    return Explained("[b]\x1b.py", model, text, function, replace(EXPLANATION, **others))


def rendered(shown: Explained, encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding, errors="backslashreplace", newline="\n")
    explanation_report.write_text(shown, stream, verbose=True)
    stream.seek(0)
    return stream.read()


def as_json(shown: Explained) -> Any:
    return json.loads(explanation_report.render_json(shown))


def test_text_shows_figures_bars_code_tokens_and_constructs() -> None:
    assert rendered(explained()).splitlines()[:-2] == [
        "fast  [b]\\x1b.py:4-6",
        "probability 0.97, llm (llm from 0.90, human up to 0.20)",
        "3 in 100 human-written Rust functions score this high.",
        "logit +1.88 = baseline +0.37 + lines +1.50 (completeness gap 0.66 %)",
        "integrated gradients, 16 nodes, mask baseline",
        "",
        "          human             llm",
        "4   +0.50           │██▌        @functools.cache",
        "5   -1.00      █████│           def fast(n):",
        "6   +2.00           │██████████     return n if n < 2 else fast(n - 1) + fast(n - 2)",
        "",
        "by construct",
        "  +2.00  error handling, 25 % of the code",
        "  -0.50  names, 75 % of the code",
        "Most of the evidence towards LLM lies in error handling (+2.00).",
        "",
        "strongest tokens",
        "  +1.25  line 6  fa\\x1bst",
    ]
    last = rendered(explained()).splitlines()[-1]
    assert last.startswith("codeorigin-test 0.1.0 (abc). A probability is an estimate")


def test_bars_are_ascii_without_block_characters() -> None:
    shown = rendered(explained(), "ascii")
    assert "5   -1.00      #####|           def fast(n):" in shown
    assert "\\u2588" not in shown


def test_approximate_explanation_says_so() -> None:
    assert "approximate" not in rendered(explained())
    assert "approximate: the lines do not add up" in rendered(explained(approximate=True))


def test_model_without_a_deep_part_mentions_no_nodes() -> None:
    lines = rendered(explained(method=Method.LINEAR, nodes=None, baseline=None)).splitlines()
    assert lines[4] == "linear attributions: the exact shares of the n-grams"


def test_file_context_is_added_on_top_of_the_lines() -> None:
    lines = rendered(explained(IN_FILE)).splitlines()
    own_text = "By its own text 64 %; the 11 other functions in this file point to an LLM (+0.62)."
    assert lines[1].startswith("probability 0.97, llm")
    assert lines[3] == own_text
    with_file = "logit with the rest of the file +2.50"
    assert lines[4] == (f"logit +1.88 = baseline +0.37 + lines +1.50 (completeness gap 0.66 %); {with_file}")
    names = ("probability", "logit", "own_probability", "file_evidence", "neighbours", "own_text")
    assert [as_json(explained(IN_FILE))[name] for name in names] == [0.97, 1.88, 0.64, 0.62, 11, own_text]
    assert [as_json(explained())[name] for name in names] == [0.97, 1.88, 0.97, None, 0, None]


def test_code_with_escapes_and_markup_is_shown_literally() -> None:
    text = "import a\n\n\n@b\ndef fast(n):\n\treturn '\x1b[31m[red]\u202e'\n"
    shown = rendered(explained(text=text))
    assert "    return '\\x1b[31m[red]\\u202e'" in shown
    assert "\x1b" not in shown


def test_colours_distinguish_the_two_directions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    lines = rendered(explained()).splitlines()
    colours = [re.findall("\x1b\\[([0-9;]+)m *[+-]\\d", line) for line in lines[7:10]]
    assert [len(found) for found in colours] == [1, 1, 1]
    assert colours[0] == colours[2] != colours[1]


def test_json_counts_from_one_and_keeps_both_parts() -> None:
    report = as_json(explained())
    assert report["lines"] == [
        {"line": 4, "value": 0.5, "wide": 0.25, "deep": 0.25},
        {"line": 5, "value": -1.0, "wide": -1.0, "deep": 0.0},
        {"line": 6, "value": 2.0, "wide": 0.5, "deep": 1.5},
    ]
    assert report["top_tokens"] == [
        {"text": "fa\x1bst", "line": 6, "start_column": 5, "end_column": 9, "value": 1.25}
    ]
    assert report["constructs"] == [
        {"construct": "error_handling", "value": 2.0, "wide": 0.75, "deep": 1.25, "characters": 30},
        {"construct": "name", "value": -0.5, "wide": -1.0, "deep": 0.5, "characters": 90},
    ]
    assert (report["path"], report["start_line"], report["end_line"]) == ("[b]\x1b.py", 4, 6)
    assert (report["probability"], report["band"], report["logit"]) == (0.97, "llm", 1.88)
    assert (report["method"], report["baseline"], report["nodes"]) == ("integrated_gradients", "mask", 16)
