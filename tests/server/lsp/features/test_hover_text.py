"""Hover texts without a server: what accompanies the verdict, in Markdown and in plain text."""

from dataclasses import replace

import pytest
from tests.server.lsp.editor import python_function

from codeorigin.analysis.report import FileReport, FunctionReport
from codeorigin.explain.explanation import (
    Baseline,
    ConstructAttribution,
    Explanation,
    LineAttribution,
    Method,
)
from codeorigin.functions.finding import find_functions
from codeorigin.languages import get_language
from codeorigin.lsp.documents.documents import Positions, Snapshot
from codeorigin.lsp.features.hover_text import HoverContent
from codeorigin.lsp.scoring.requests import Request, Result
from codeorigin.model.verdict import Band, Verdict
from codeorigin.settings.schema import Settings
from codeorigin.text.construct import Construct
from codeorigin.text.positions import LineIndex, PositionEncoding

ALONE = Verdict(
    probability=0.64, logit=1.2, band=Band.UNSURE, human_share=0.1, llm_share=0.4, llm_threshold=0.9,
    human_threshold=0.3, language="python", own_probability=0.64,
)  # fmt: skip
IN_FILE = replace(ALONE, probability=0.76, human_share=0.05, file_evidence=0.62, neighbours=11)
EXPLANATION = Explanation(
    logit=1.2, baseline_logit=0.0, completeness_gap=0.001, approximate=False, nodes=8,
    method=Method.INTEGRATED_GRADIENTS, baseline=Baseline.MASK,
    lines=(LineAttribution(0, 0.2, 0.2, 0.0), LineAttribution(3, 1.0, 1.0, 0.0)), top_tokens=(),
)  # fmt: skip

OWN = "By its own text 64 %; the 11 other functions in this file point to an LLM (+0.62)."
LINES = (
    "The function's lines add up to +1.20 (logit +1.20, from +0.00 without evidence), completeness gap 0.1 %."
)
SUM = f"{LINES} With the rest of the file: +1.82."


def content(
    verdict: Verdict, *, explanation: Explanation | None = EXPLANATION, line: int | None = None
) -> HoverContent:
    text = python_function("hovered")
    snapshot = Snapshot(
        uri="file:///a.py", version=1, text=text, language=get_language("python"), path=None,
        positions=Positions(LineIndex(text), PositionEncoding.UTF16),
    )  # fmt: skip
    (span,) = find_functions(text, get_language("python"))
    function = FunctionReport(span, verdict, "id")
    result = Result(Request(snapshot), FileReport("python", None, (function,)), "model")
    return HoverContent(result, function, Settings(), explanation, line=line)


def test_own_text_sentence_follows_the_calibration() -> None:
    paragraphs = content(IN_FILE).markdown().split("\n\n")
    assert paragraphs[0].startswith("**CodeOrigin: 76 % likely LLM-written**")
    assert paragraphs[1].startswith("5 in 100 human-written Python functions")
    assert paragraphs[2] == OWN
    assert SUM in paragraphs


def test_plain_text_says_the_same_as_markdown() -> None:
    lines = content(IN_FILE).plain_text().split("\n")
    assert lines[0] == "CodeOrigin: 76 % likely LLM-written: hovered (band unsure)"
    assert lines[1].startswith("5 in 100 human-written Python functions")
    assert lines[2] == OWN
    assert SUM in lines


@pytest.mark.parametrize("verdict", [ALONE, replace(ALONE, own_probability=None)])
def test_file_is_not_mentioned_without_neighbours(verdict: Verdict) -> None:
    for text in (content(verdict).markdown(), content(verdict).plain_text()):
        assert LINES in text
        assert "own text" not in text
        assert "rest of the file" not in text


def test_line_hover_does_not_repeat_the_own_text_sentence() -> None:
    for text in (content(IN_FILE, line=3).markdown(), content(IN_FILE, line=3).plain_text()):
        assert OWN not in text
        assert SUM in text


def test_own_text_sentence_does_not_wait_for_the_explanation() -> None:
    for text in (
        content(IN_FILE, explanation=None).markdown(),
        content(IN_FILE, explanation=None).plain_text(),
    ):
        assert OWN in text
        assert "rest of the file" not in text


def test_large_gap_is_mentioned_before_file_evidence() -> None:
    rough = replace(EXPLANATION, approximate=True)
    text = content(IN_FILE, explanation=rough).markdown()
    assert "treat single lines as approximate. With the rest of the file: +1.82." in text


def test_hover_names_the_constructs_with_most_evidence() -> None:
    found = replace(
        EXPLANATION,
        constructs=(
            ConstructAttribution(Construct.COMMENT, 1.1, 1.0, 0.1, 40),
            ConstructAttribution(Construct.NAME, 0.1, 0.1, 0.0, 90),
        ),
    )
    sentence = "Most of the evidence towards LLM lies in comments (+1.10)."
    assert sentence in content(ALONE, explanation=found).markdown().split("\n\n")
    assert sentence in content(ALONE, explanation=found).plain_text().split("\n")
    assert "evidence towards" not in content(ALONE).markdown()
