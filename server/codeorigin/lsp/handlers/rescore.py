"""Command ``codeorigin.rescore``: the verdicts on a document, or on the selected code."""

from typing import Any

from lsprotocol import types

from codeorigin.core.errors import CodeOriginError
from codeorigin.lsp.connection.parameters import read, to_wire
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.documents.snapshot import guessed
from codeorigin.lsp.handlers.findings import SELECTION_CODE, SOURCE
from codeorigin.lsp.handlers.publish import scored, send_findings, why_not_scored
from codeorigin.lsp.handlers.wire_forms import function_to_wire, verdict_to_wire
from codeorigin.lsp.scoring.worker import Priority
from codeorigin.lsp.session import Session
from codeorigin.report import UNCLEAR_LANGUAGE, UNSUPPORTED_LANGUAGE
from codeorigin.report.editor_texts import on_document, on_selection

RESCORE = "codeorigin.rescore"


async def rescore(session: Session, uri: Any, place: Any) -> dict[str, Any]:
    """Score the document ``uri``, or only the range ``place`` of it."""
    selection = None if place is None else read(place, types.Range, "range")
    document = session.opened(uri)
    if selection is None:
        return await _rescore_document(session, document)
    return await _rescore_selection(session, document, selection)


async def _rescore_document(session: Session, document: SourceDocument) -> dict[str, Any]:
    result = await scored(session, document)
    if result is None or (not result.functions and result.reason):
        return {"functions": [], "message": why_not_scored(session, result)}
    positions, settings = result.snapshot.positions, result.settings
    functions = [function_to_wire(function, positions, settings) for function in result.functions]
    found = sum(function["verdict"]["band"] == "llm" for function in functions)
    return {
        "version": result.version,
        "functions": functions,
        "message": on_document(len(functions), found),
    }


async def _rescore_selection(
    session: Session, document: SourceDocument, selection: types.Range
) -> dict[str, Any]:
    snapshot, past = document.snapshot(), session.pasts.known(document.state.past_repository)
    start, end = (snapshot.positions.offset(place) for place in (selection.start, selection.end))
    if start >= end:
        return {"verdict": None, "message": "nothing is selected"}
    code, language = snapshot.text[start:end], snapshot.language
    if language is None and snapshot.unnamed:
        language = guessed(code)
    if language is None:
        message = UNCLEAR_LANGUAGE if snapshot.unnamed else UNSUPPORTED_LANGUAGE
        return {"verdict": None, "message": message}
    try:
        verdict, model_id = await session.engine.score(
            lambda analyzer, cancel: (
                analyzer.score(code, language.id, path=snapshot.path, past=past, cancel=cancel),
                analyzer.model_id,
            ),
            Priority.ASKED,
        )
    except CodeOriginError as error:
        return {"verdict": None, "message": str(error)}
    settings, result = session.settings(document), document.state.result
    # Whether other functions count in the verdicts that are shown, and not in this one.
    in_file = settings.file_context and any(
        each.verdict.file_evidence is not None for each in (result.functions if result is not None else ())
    )
    band = settings.limits.band(verdict)
    message = on_selection(verdict, band, in_file=in_file)
    is_current = document.state.is_open and document.newest_version == snapshot.version
    if is_current and verdict.probability is not None:
        # The answer stays as a hint on the selection until the next edit.
        document.state.selection = (
            types.Diagnostic(
                range=selection,
                severity=types.DiagnosticSeverity.Hint,
                code=SELECTION_CODE,
                source=SOURCE,
                message=message[0].upper() + message[1:],
                data={
                    "probability": verdict.probability,
                    "logit": verdict.logit,
                    "band": band.value if band is not None else None,
                    "modelId": model_id,
                },
            ),
        )
        send_findings(session, document)
    return {
        "version": snapshot.version,
        "range": to_wire(selection),
        "verdict": verdict_to_wire(verdict, settings),
        "message": message,
    }
