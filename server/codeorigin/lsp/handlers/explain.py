"""All evidence: of the function at a position (``codeorigin.explain``), or of lines (``codeorigin/attributions``)."""

import asyncio
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.core.errors import Cancelled, CodeOriginError
from codeorigin.explain.explanation import Explanation
from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.handlers.declared_lines import declared_line, read_declared
from codeorigin.lsp.handlers.publish import scored, why_not_scored
from codeorigin.lsp.handlers.wire_forms import explanation_to_wire, function_to_wire
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Verdict
from codeorigin.report import FULL_CAVEAT
from codeorigin.report.editor_texts import EXPLAINING, on_explanation
from codeorigin.report.explanations import TOO_COARSE, method_phrase, with_more
from codeorigin.report.figures import logits, percent, probability_percent
from codeorigin.report.shares import human_phrase, llm_phrase
from codeorigin.report.verdicts import own_text, reason, reported_from, windows_note

EXPLAIN = "codeorigin.explain"
ATTRIBUTIONS = "codeorigin/attributions"


class ContentModified(JsonRpcException):
    """The document or the model changed while the old text was being explained."""

    CODE = types.LSPErrorCodes.ContentModified
    MESSAGE = "the document, its settings or the model have changed; ask again"


async def explain(session: Session, uri: Any, place: Any) -> dict[str, Any]:
    """Explain the function of the document ``uri`` at the position ``place``."""
    line = read(place, types.Position, "position").line
    document = session.opened(uri)
    result = await scored(session, document, line)
    function = None if result is None else result.at_line(line)
    if result is None or function is None:
        why = why_not_scored(session, result)
        message = f"no explanation: {why}" if why is not None else "there is no function here"
        return {"explanation": None, "message": message}
    read_declared(session, document)
    band = result.settings.limits.band(function.verdict)
    explanation = None
    if band is None:
        message = f"{function.span.qualified_name}: no verdict: {reason(function.verdict.reason)}"
    else:
        explaining = asyncio.ensure_future(session.explanations.get(result, function))
        try:
            # Cancelling ends only this request, because another one may be waiting for the same explanation.
            with session.client.progress(EXPLAINING, explaining.cancel):
                await asyncio.wait({explaining})
            explanation = explaining.result()
            message = on_explanation(function, band, explanation)
        except asyncio.CancelledError:
            if not explaining.cancelled():
                explaining.cancel()
                raise
            message = "no explanation: cancelled"
        except CodeOriginError as error:
            message = f"no explanation: {error}"
    return {
        "version": result.version,
        "modelId": result.model_id,
        **function_to_wire(function, result.snapshot.positions, result.settings),
        "explanation": explanation and explanation_to_wire(result, function, explanation),
        "details": _details(result, function.verdict, explanation),
        "declared": declared_line(document, result, function),
        "caveat": FULL_CAVEAT,
        "message": message,
    }


async def attributions(session: Session, raw: Any) -> dict[str, Any] | None:
    """The functions that overlap the range, or all of them, with the evidence of the lines in it."""
    params = plain_json(raw)
    if not isinstance(params, dict):
        raise JsonRpcInvalidParams(message="parameters {textDocument, range?} are needed")
    identifier = read(params.get("textDocument"), types.TextDocumentIdentifier, "textDocument")
    wanted = params.get("range")
    part = read(wanted, types.Range, "range") if wanted is not None else None
    document = session.documents.find(identifier.uri)
    result = await scored(session, document) if document is not None else None
    if result is None:
        return None
    first = part.start.line if part is not None else 0
    last = part.end.line if part is not None else result.snapshot.positions.index.line_count
    functions = [
        await _with_evidence(session, result, function, first, last)
        for function in result.functions
        if function.span.range.start_line <= last and function.span.range.end_line >= first
    ]
    return {"version": result.version, "modelId": result.model_id, "functions": functions}


async def _with_evidence(
    session: Session, result: Result, function: JudgedFunction, first: int, last: int
) -> dict[str, Any]:
    wire = function_to_wire(function, result.snapshot.positions, result.settings)
    if function.verdict.probability is not None:
        try:
            explanation = await session.explanations.get(result, function)
        except Cancelled as error:
            raise ContentModified from error
        evidence = explanation_to_wire(result, function, explanation)
        evidence["lines"] = [line for line in evidence["lines"] if first <= line["line"] <= last]
        wire["explanation"] = evidence
    return wire


_MEANINGS = {
    "Probability": (
        "The estimate that an LLM wrote the function: the logit of it and of what counts beside it, "
        "calibrated."
    ),
    "Human code": (
        "Measured on human-written functions that the model had not seen, all repositories alike. This share "
        "decides what is reported."
    ),
    "LLM code": "The same for LLM-written functions: where it is small, the verdict is human.",
    "Reported": "The model's own limit, or the one in your settings.",
    "Own text": (
        "What the function's text says by itself, and what the functions around it add to that, in logits. "
        "The lines explain the former."
    ),
    "Long function": "The model reads at most so much at once, and the answers of the parts are averaged.",
    "Logit": (
        "The model's raw score, as log-odds: 0 is even, and +0.7 doubles the odds of an LLM. The evidence of "
        "all lines, added to the score of a text without evidence, makes up the logit."
    ),
    "Logit in all": (
        "The logit with all that counts beside the function's own text. The probability follows from it."
    ),
    "Completeness gap": "By how much the evidence of the lines misses the logit, as a share of it. 0 % is exact.",
    "Method": "How the logit was divided among the lines.",
    "Model": "The name of the model, its version, and a checksum of its files.",
}
"""The figures behind a verdict and an explanation, and what each means in general."""


def _details(result: Result, verdict: Verdict, explanation: Explanation | None) -> list[dict[str, str]]:
    """What the figures are here, without those that say nothing here."""
    found: dict[str, str | None] = {}
    if verdict.probability is not None:
        found |= {
            "Probability": probability_percent(verdict.probability),
            "Human code": human_phrase(verdict),
            "LLM code": llm_phrase(verdict),
            "Reported": reported_from(verdict, result.settings.limits),
            "Own text": own_text(verdict),
            "Long function": windows_note(verdict),
        }
    if explanation is not None:
        start, more = explanation.baseline_logit, with_more(explanation, verdict)
        by_lines = f"{logits(start)} without evidence, {logits(explanation.logit - start)} by lines"
        gap = percent(explanation.completeness_gap)
        found |= {
            "Logit": f"{logits(explanation.logit)} = {by_lines}",
            "Logit in all": more and "{1} with {0}".format(*more),
            "Completeness gap": f"{gap}, above the tolerance. {TOO_COARSE}"
            if explanation.approximate
            else gap,
            "Method": method_phrase(explanation),
        }
    found["Model"] = result.model_id
    return [
        {"term": term, "meaning": _MEANINGS[term], "text": text}
        for term, text in found.items()
        if text is not None
    ]
