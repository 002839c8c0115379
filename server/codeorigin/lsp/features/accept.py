"""Command ``codeorigin.acceptFindings``: findings that are not reported again until their code changes."""

from __future__ import annotations

from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.analysis.report import FunctionReport
from codeorigin.errors import CodeOriginError
from codeorigin.lsp.features.closed_files import check_closed
from codeorigin.lsp.features.commands import open_snapshot, parse_arguments, shown
from codeorigin.lsp.features.publish import scored, send_all_findings
from codeorigin.lsp.scoring.requests import Result
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.wording.messages import on_accepted

ACCEPT_FINDINGS = "codeorigin.acceptFindings"


def register(server: CodeOriginServer) -> None:
    """Register the command."""
    session = server.session

    @server.command(ACCEPT_FINDINGS)
    async def accept_findings(*arguments: Any) -> dict[str, Any]:
        uri, function_id, quiet = parse_arguments(arguments)
        if function_id is not None and not isinstance(function_id, str):
            raise JsonRpcInvalidParams(message="functionId must be a string or null")
        return await _accept(session, uri, function_id, quiet=quiet)


async def _accept(session: Session, uri: str, function_id: str | None, *, quiet: bool) -> dict[str, Any]:
    snapshot = open_snapshot(session, uri)
    findings = session.accepted_of(uri)
    if findings is None:
        message = "accepted findings are stored in the workspace folder: open the folder of this file"
        return shown(session, {"accepted": 0, "message": message}, quiet=quiet)
    result = await scored(session, uri)
    functions = _to_accept(result, function_id) if result is not None else []
    if not functions:
        message = "nothing to accept here: the text has changed or no function is reported"
        return shown(session, {"accepted": 0, "message": message}, quiet=quiet)
    try:
        accepted = findings.accept(
            (function.function_id, function.span.qualified_name, snapshot.path) for function in functions
        )
    except CodeOriginError as error:
        return shown(session, {"accepted": 0, "message": str(error)}, quiet=quiet)
    send_all_findings(session)
    check_closed(session)
    return shown(session, {"accepted": accepted, "message": on_accepted(accepted)}, quiet=quiet)


def _to_accept(result: Result, function_id: str | None) -> list[FunctionReport]:
    if function_id is not None:
        found = result.with_id(function_id)
        return [found] if found is not None else []
    return [
        function
        for function in result.functions
        if (result.settings.limits.band(function.verdict) or "") == "llm"
    ]
