"""Verdicts and explanations as the JSON of the custom requests and commands (docs/contributing/protocol.md)."""

from typing import Any

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.explain.explanation import Explanation
from codeorigin.lsp.connection.parameters import to_wire
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.documents.snapshot import Positions
from codeorigin.lsp.handlers.markdown import visible
from codeorigin.model.verdict import Band, Verdict
from codeorigin.report import editor_texts
from codeorigin.report.explanations import construct_name, direction, evidence_sentence, share_of_code
from codeorigin.report.figures import logits, probability_percent
from codeorigin.report.values import camel_case, verdict_values
from codeorigin.report.verdicts import opening, reading_or_reason
from codeorigin.settings.schema import Settings
from codeorigin.text.literal_text import plain_message

_FIGURES = (
    *("probability", "logit", "own_probability", "past_evidence", "past_as_high", "file_evidence"),
    *("neighbours", "reason", "human_share", "llm_share", "windows"),
)
TITLES = {
    "lines": editor_texts.LINE_EVIDENCE,
    "constructs": editor_texts.CONSTRUCT_EVIDENCE,
    "tokens": editor_texts.TOKEN_EVIDENCE,
    "human": direction(-1),
    "llm": direction(1),
    "details": editor_texts.DETAILS,
}
"""Titles for clients that have room to show all of the evidence."""


def verdict_to_wire(verdict: Verdict, settings: Settings) -> dict[str, Any]:
    """The JSON of a verdict; without one, its scores are null and ``reason`` says why.

    ``logit`` is that of the function's own text with ``pastEvidence``, ``ownProbability`` is without it. All other
    scores are derived from the sum of ``logit`` and ``fileEvidence``. The texts are for users, and clients show
    them unchanged.
    """
    band = settings.limits.band(verdict)
    answer, number = opening(verdict, band)
    return {
        **camel_case(verdict_values(verdict, _FIGURES)),
        "probabilityText": None if verdict.probability is None else probability_percent(verdict.probability),
        "band": None if band is None else band.value,
        "threshold": verdict.llm_threshold if settings.threshold is None else settings.threshold,
        "summary": reading_or_reason(verdict, band),
        "answer": answer,
        "number": number,
    }


def function_to_wire(function: JudgedFunction, positions: Positions, settings: Settings) -> dict[str, Any]:
    """The JSON of a function and its verdict; ranges are in the negotiated encoding, ``explanation`` is null."""
    return {
        "functionId": function.function_id,
        "name": plain_message(function.span.qualified_name),
        "ownName": plain_message(function.span.name),
        "range": to_wire(positions.range(function.span.range)),
        "headerRange": to_wire(positions.first_line(function.span.header)),
        "verdict": verdict_to_wire(function.verdict, settings),
        "explanation": None,
    }


def explanation_to_wire(result: Result, function: JudgedFunction, explanation: Explanation) -> dict[str, Any]:
    """The JSON of an explanation, in logits; ``weight`` is relative to the strongest line, -1 to 1."""
    positions = result.snapshot.positions
    band = result.settings.limits.band(function.verdict) or Band.UNSURE
    largest = max((abs(line.value) for line in explanation.lines), default=0.0) or 1.0
    return {
        "logit": explanation.logit,
        "baselineLogit": explanation.baseline_logit,
        "completenessGap": explanation.completeness_gap,
        "approximate": explanation.approximate,
        "method": explanation.method.value,
        "baseline": explanation.baseline and explanation.baseline.value,
        "nodes": explanation.nodes,
        "summary": evidence_sentence(explanation, function.verdict, band),
        "lines": [
            {
                "line": line.line,
                "value": line.value,
                "valueText": logits(line.value),
                "weight": line.value / largest,
            }
            for line in explanation.lines
        ],
        "topTokens": [
            {
                "text": visible(token.text),
                "value": token.value,
                "valueText": logits(token.value),
                "range": {
                    "start": to_wire(positions.position(token.line, token.start_column)),
                    "end": to_wire(positions.position(token.line, token.end_column)),
                },
            }
            for token in explanation.top_tokens
        ],
        "constructs": [
            {
                "construct": part.construct.value,
                "name": construct_name(part),
                "value": part.value,
                "valueText": logits(part.value),
                "characters": part.characters,
                "shareText": share_of_code(part, explanation),
            }
            for part in explanation.constructs
        ],
        "titles": TITLES,
    }
