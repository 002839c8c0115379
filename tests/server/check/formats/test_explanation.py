"""An explanation as text and as JSON."""

import io
import json
import re
from collections.abc import Callable, Mapping

import pytest

from codeorigin.check.result import CheckedFile
from codeorigin.cli import explanation_report as explanation
from codeorigin.cli.explanation_report import Explained
from codeorigin.explain.explanation import (
    Baseline,
    ConstructAttribution,
    Explanation,
    LineAttribution,
    Method,
    TokenAttribution,
)
from codeorigin.model.verdict import Verdict
from codeorigin.text.construct import Construct

MakeFile = Callable[..., CheckedFile]

LINES = (
    LineAttribution(line=3, value=0.5, wide=0.25, deep=0.25),
    LineAttribution(line=4, value=-1.0, wide=-1.0, deep=0.0),
    LineAttribution(line=5, value=2.0, wide=0.5, deep=1.5),
)


CONSTRUCTS = (
    ConstructAttribution(Construct.ERROR_HANDLING, 2.0, 0.75, 1.25, 30),
    ConstructAttribution(Construct.NAME, -0.5, -1.0, 0.5, 90),
)


def explained(
    make_file: MakeFile,
    *,
    text: str | None = None,
    approximate: bool = False,
    method: Method = Method.INTEGRATED_GRADIENTS,
    nodes: int | None = 16,
    verdicts: Mapping[str, Verdict] | None = None,
    constructs: tuple[ConstructAttribution, ...] = (),
) -> Explained:
    file = make_file(verdicts=verdicts) if text is None else make_file(text=text)
    assert file.text is not None
    return Explained(
        path="[b]\x1b.py",
        model="codeorigin-test 0.1.0 (abc)",
        text=file.text,
        function=file.report.functions[0],
        explanation=Explanation(
            logit=1.88,
            baseline_logit=0.37,
            completeness_gap=0.0066,
            approximate=approximate,
            nodes=nodes,
            method=method,
            baseline=None if method is Method.LINEAR else Baseline.MASK,
            lines=LINES,
            top_tokens=(TokenAttribution(text="fa\x1bst", line=5, start_column=4, end_column=8, value=1.25),),
            constructs=constructs,
        ),
    )


def rendered(shown: Explained, encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding, errors="backslashreplace", newline="\n")
    explanation.write_text(shown, stream)
    stream.seek(0)
    return stream.read()


def test_text_shows_figures_bars_code_and_tokens(make_file: MakeFile) -> None:
    lines = rendered(explained(make_file)).splitlines()
    assert lines[0] == "fast  [b]\\x1b.py:4-6"
    assert lines[1] == "probability 0.97, llm (llm from 0.90, human up to 0.20)"
    assert lines[2] == "3 in 100 human-written Rust functions score this high."
    assert lines[3] == "logit +1.88 = baseline +0.37 + lines +1.50 (completeness gap 0.66 %)"
    assert lines[4] == "integrated gradients, 16 nodes, mask baseline"
    assert lines[6] == "          human             llm"
    assert lines[7:10] == [
        "4   +0.50           │██▌        @functools.cache",
        "5   -1.00      █████│           def fast(n):",
        "6   +2.00           │██████████     return n if n < 2 else fast(n - 1) + fast(n - 2)",
    ]
    assert lines[12] == "  +1.25  line 6  fa\\x1bst"
    assert lines[-1].startswith("codeorigin-test 0.1.0 (abc). A probability is an estimate")


def test_bars_are_ascii_without_block_characters(make_file: MakeFile) -> None:
    shown = rendered(explained(make_file), "ascii")
    assert "5   -1.00      #####|           def fast(n):" in shown
    assert "\\u2588" not in shown


def test_approximate_explanation_says_so(make_file: MakeFile) -> None:
    assert "approximate" not in rendered(explained(make_file))
    assert "approximate: the lines do not add up" in rendered(explained(make_file, approximate=True))


def test_occlusion_does_not_claim_that_lines_add_up(make_file: MakeFile) -> None:
    lines = rendered(explained(make_file, method=Method.OCCLUSION, approximate=True)).splitlines()
    assert lines[3] == "logit +1.88, of an empty input +0.37; lines +1.50"
    assert lines[4].startswith("line occlusion:")
    assert "approximate" not in lines[4]


def test_file_context_is_added_on_top_of_the_lines(make_file: MakeFile, in_file: Verdict) -> None:
    lines = rendered(explained(make_file, verdicts={"fast": in_file})).splitlines()
    assert lines[1].startswith("probability 0.97, llm")
    assert lines[3] == "By its own text 64 %; the 11 other functions in this file point to an LLM (+0.62)."
    assert lines[4] == (
        "logit +1.88 = baseline +0.37 + lines +1.50 (completeness gap 0.66 %); "
        "logit with the rest of the file +2.50"
    )
    hidden = explained(make_file, verdicts={"fast": in_file}, method=Method.OCCLUSION)
    assert rendered(hidden).splitlines()[4] == (
        "logit +1.88, of an empty input +0.37; lines +1.50; logit with the rest of the file +2.50"
    )


def test_json_separates_own_text_from_file_context(make_file: MakeFile, in_file: Verdict) -> None:
    report = json.loads(explanation.render_json(explained(make_file, verdicts={"fast": in_file})))
    assert (report["own_probability"], report["file_evidence"], report["neighbours"]) == (0.64, 0.62, 11)
    assert (report["probability"], report["logit"]) == (0.97, 1.88)
    assert report["own_text"].startswith("By its own text 64 %; the 11 other functions")
    report = json.loads(explanation.render_json(explained(make_file)))
    assert (report["own_probability"], report["file_evidence"], report["neighbours"]) == (0.97, None, 0)
    assert report["own_text"] is None


def test_model_without_a_deep_part_mentions_no_nodes(make_file: MakeFile) -> None:
    lines = rendered(explained(make_file, method=Method.LINEAR, nodes=None)).splitlines()
    assert lines[4] == "linear attributions: the exact shares of the n-grams"


def test_code_with_escapes_and_markup_is_shown_literally(make_file: MakeFile) -> None:
    text = "import a\n\n\n@b\ndef fast(n):\n\treturn '\x1b[31m[red]\u202e'\n"
    shown = rendered(explained(make_file, text=text))
    assert "    return '\\x1b[31m[red]\\u202e'" in shown
    assert "\x1b" not in shown


def test_colours_distinguish_the_two_directions(make_file: MakeFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    lines = rendered(explained(make_file)).splitlines()
    colours = [re.findall("\x1b\\[([0-9;]+)m *[+-]\\d", line) for line in lines[7:10]]
    assert [len(found) for found in colours] == [1, 1, 1]
    assert colours[0] == colours[2] != colours[1]


def test_json_counts_from_one_and_keeps_both_parts(make_file: MakeFile) -> None:
    report = json.loads(explanation.render_json(explained(make_file)))
    assert report["lines"] == [
        {"line": 4, "value": 0.5, "wide": 0.25, "deep": 0.25},
        {"line": 5, "value": -1.0, "wide": -1.0, "deep": 0.0},
        {"line": 6, "value": 2.0, "wide": 0.5, "deep": 1.5},
    ]
    assert report["top_tokens"] == [
        {"text": "fa\x1bst", "line": 6, "start_column": 5, "end_column": 9, "value": 1.25}
    ]
    assert (report["start_line"], report["end_line"]) == (4, 6)
    assert (report["probability"], report["band"], report["logit"]) == (0.97, "llm", 1.88)
    assert (report["method"], report["baseline"], report["nodes"]) == ("integrated_gradients", "mask", 16)
    assert report["path"] == "[b]\x1b.py"


def test_constructs_are_listed_below_the_lines(make_file: MakeFile) -> None:
    lines = rendered(explained(make_file, constructs=CONSTRUCTS)).splitlines()
    assert lines[10:15] == [
        "",
        "by construct",
        "  +2.00  error handling, 25 % of the code",
        "  -0.50  names, 75 % of the code",
        "Most of the evidence towards LLM lies in error handling (+2.00).",
    ]
    report = json.loads(explanation.render_json(explained(make_file, constructs=CONSTRUCTS)))
    assert report["constructs"] == [
        {"construct": "error_handling", "value": 2.0, "wide": 0.75, "deep": 1.25, "characters": 30},
        {"construct": "name", "value": -0.5, "wide": -1.0, "deep": 0.5, "characters": 90},
    ]
