"""Command ``codeorigin.acceptFindings``: findings that are not reported again until their code changes."""

from collections.abc import Collection
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.analysis.report import FunctionReport
from codeorigin.core.errors import CodeOriginError
from codeorigin.lsp.handlers.commands import open_snapshot
from codeorigin.lsp.handlers.findings import reported
from codeorigin.lsp.handlers.publish import scored, send_all_findings, why_not_scored
from codeorigin.lsp.scoring.scored_document import Result
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Band
from codeorigin.report.editor_texts import on_accepted

ACCEPT_FINDINGS = "codeorigin.acceptFindings"


async def accept(session: Session, uri: Any, function_id: Any) -> dict[str, Any]:
    """Accept the function with an id, or all that are reported in the document."""
    if function_id is not None and not isinstance(function_id, str):
        raise JsonRpcInvalidParams(message="functionId must be a string or null")
    snapshot = open_snapshot(session, uri)
    findings = session.accepted_of(snapshot.uri)
    if findings is None:
        message = "accepted findings are stored in the workspace folder: open the folder of this file"
        return {"accepted": 0, "message": message}
    session.forget_accepted()
    result = await scored(session, snapshot.uri)
    if result is None or result.skipped is not None:
        return {"accepted": 0, "message": f"nothing was accepted: {why_not_scored(session, result)}"}
    functions = _to_accept(result, function_id, session.accepted(snapshot.uri))
    if not functions:
        message = "nothing to accept here: the text has changed or no function is reported"
        return {"accepted": 0, "message": message}
    try:
        accepted, _ = findings.accept(
            (function.function_id, function.span.qualified_name, snapshot.path) for function in functions
        )
    except CodeOriginError as error:
        return {"accepted": 0, "message": str(error)}
    send_all_findings(session)
    return {"accepted": accepted, "message": on_accepted(accepted)}


def _to_accept(result: Result, function_id: str | None, accepted: Collection[str]) -> list[FunctionReport]:
    if function_id is not None:
        found = result.with_id(function_id)
        return [found] if found is not None else []
    return [
        function
        for function, band in reported(result.functions, result.settings, accepted)
        if band is Band.LLM
    ]
