"""Command ``codeorigin.acceptFindings``: findings that are not reported again until their code changes."""

from collections.abc import Collection
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.core.errors import CodeOriginError
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.handlers.findings import reported
from codeorigin.lsp.handlers.publish import scored, send_findings, why_not_scored
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Band
from codeorigin.report.editor_texts import on_accepted

ACCEPT_FINDINGS = "codeorigin.acceptFindings"


async def accept(session: Session, uri: Any, function_id: Any) -> dict[str, Any]:
    """Accept the function with an id, or all that are reported in the document."""
    if function_id is not None and not isinstance(function_id, str):
        raise JsonRpcInvalidParams(message="functionId must be a string or null")
    document = session.opened(uri)
    if document.root is None:
        message = "accepted findings are stored in the workspace folder: open the folder of this file"
        return {"accepted": 0, "message": message}
    result = await scored(session, document)
    settings = session.settings(document)
    known = session.accepted(document.root, settings)
    functions = [] if result is None else _to_accept(result, function_id, known)
    if not functions:
        why = why_not_scored(session, result) or "the text has changed or no function is reported"
        return {"accepted": 0, "message": f"nothing was accepted: {why}"}
    path = None if document.file is None else str(document.file)
    try:
        accepted, _ = session.baseline(document.root, settings).accept(
            (function.function_id, function.span.qualified_name, path) for function in functions
        )
    except CodeOriginError as error:
        return {"accepted": 0, "message": str(error)}
    for other in session.documents.opened():
        send_findings(session, other)
    return {"accepted": accepted, "message": on_accepted(accepted)}


def _to_accept(result: Result, function_id: str | None, accepted: Collection[str]) -> list[JudgedFunction]:
    if function_id is not None:
        return [function for function in result.functions if function.function_id == function_id][:1]
    return [
        function
        for function, band in reported(result.functions, result.settings, accepted)
        if band is Band.LLM
    ]
