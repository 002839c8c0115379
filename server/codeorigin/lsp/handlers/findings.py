"""Scored functions -> LSP diagnostics, and the diagnostics' ``data``, which code actions read."""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from lsprotocol import types

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.lsp.connection.parameters import plain_json
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.handlers.markdown import visible
from codeorigin.model.verdict import Band
from codeorigin.report.verdicts import finding
from codeorigin.settings.schema import Settings, Severity
from codeorigin.text.literal_text import plain_message

SOURCE = "CodeOrigin"
LLM_CODE = "likely-llm"
UNSURE_CODE = "unsure"
SELECTION_CODE = "selection"
HELP_PAGE = Path(__file__).parent / "help" / "verdicts.md"

_SEVERITIES = {
    Severity.HINT: types.DiagnosticSeverity.Hint,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.ERROR: types.DiagnosticSeverity.Error,
}


class Finding(NamedTuple):
    """What code actions read from the ``data`` of a diagnostic, which the client sends back.

    ``header_offset`` is the number of lines from the function's first line (a decorator, say) to the diagnostic's
    line, so that the position stays correct while the client moves the diagnostic with edits.
    """

    function_id: str
    name: str
    header_offset: int


def finding_of(diagnostic: types.Diagnostic) -> Finding | None:
    """The finding that a diagnostic shows; None if it is not ours or was changed."""
    data: Any = plain_json(diagnostic.data) if diagnostic.source == SOURCE else None
    try:
        return Finding(str(data["functionId"]), str(data["name"]), int(data["headerOffset"]))
    except (KeyError, TypeError, ValueError):
        return None


def reported(
    functions: Iterable[JudgedFunction], settings: Settings, accepted: Collection[str]
) -> list[tuple[JudgedFunction, Band]]:
    """The functions to report under ``settings`` and their bands, without the ``accepted`` ones."""
    wanted = {Band.LLM, Band.UNSURE} if settings.show_unsure else {Band.LLM}
    found = []
    for function in functions:
        band = settings.limits.band(function.verdict)
        if band in wanted and function.function_id not in accepted:
            found.append((function, band))
    return found


def diagnostic(result: Result, function: JudgedFunction, band: Band, *, with_link: bool) -> types.Diagnostic:
    """The diagnostic of one reported function, on its header's first line."""
    span, verdict, severity = function.span, function.verdict, _SEVERITIES[result.settings.severity]
    if verdict.probability is None or verdict.logit is None:
        raise ValueError("a function without a verdict has no diagnostic")
    return types.Diagnostic(
        range=result.snapshot.positions.first_line(span.header),
        severity=severity if band is Band.LLM else types.DiagnosticSeverity.Hint,
        code=LLM_CODE if band is Band.LLM else UNSURE_CODE,
        code_description=types.CodeDescription(href=HELP_PAGE.as_uri()) if with_link else None,
        source=SOURCE,
        message=finding(plain_message(span.qualified_name), verdict, band),
        data={
            "functionId": function.function_id,
            "name": visible(span.qualified_name),
            "probability": verdict.probability,
            "logit": verdict.logit,
            "band": band.value,
            "modelId": result.model_id,
            "headerOffset": span.header.start_line - span.range.start_line,
        },
    )
