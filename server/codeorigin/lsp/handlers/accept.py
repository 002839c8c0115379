"""Command ``codeorigin.acceptFindings``: findings that are not reported again until their code changes."""

from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.core.errors import CodeOriginError
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
    functions: list[JudgedFunction] = []
    if result is not None and function_id is not None:
        functions = [each for each in result.functions if each.function_id == function_id][:1]
    elif result is not None:
        found = reported(result.functions, result.settings, known)
        functions = [each for each, band in found if band is Band.LLM]
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
