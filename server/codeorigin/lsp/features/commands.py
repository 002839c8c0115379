"""``workspace/executeCommand``: rescore, explain, accept, status."""

from __future__ import annotations

import asyncio
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.analysis.report import FunctionReport
from codeorigin.cancellation import CancelToken
from codeorigin.errors import CodeOriginError
from codeorigin.lsp.connection.parameters import plain_json, read, to_wire
from codeorigin.lsp.documents.documents import Snapshot
from codeorigin.lsp.documents.embedded_code import selected_code
from codeorigin.lsp.features.findings import SELECTION_CODE, SOURCE
from codeorigin.lsp.features.wire_forms import (
    explanation_to_wire,
    file_to_wire,
    function_to_wire,
    verdict_to_wire,
)
from codeorigin.lsp.scoring.requests import Result
from codeorigin.lsp.scoring.worker import Priority
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.model.verdict import Verdict
from codeorigin.text.literal_text import plain_message
from codeorigin.wording import FULL_CAVEAT, UNCLEAR_LANGUAGE, UNSUPPORTED_LANGUAGE
from codeorigin.wording.functions import reason
from codeorigin.wording.messages import on_accepted, on_document, on_explanation, on_selection
from codeorigin.wording.titles import EXPLAINING

RESCORE = "codeorigin.rescore"
EXPLAIN = "codeorigin.explain"
ACCEPT_FINDINGS = "codeorigin.acceptFindings"
STATUS = "codeorigin.status"


def register(server: CodeOriginServer) -> None:
    """Register the commands. Their arguments are described in docs/protocol.md."""
    session = server.session

    @server.command(RESCORE)
    async def rescore(*arguments: Any) -> dict[str, Any]:
        uri, place, quiet = _arguments(arguments)
        if place is None:
            return await _rescore_document(session, uri, quiet=quiet)
        return await _rescore_selection(session, uri, read(place, types.Range, "range"), quiet=quiet)

    @server.command(EXPLAIN)
    async def explain(*arguments: Any) -> dict[str, Any] | None:
        uri, place, quiet = _arguments(arguments)
        position = read(place, types.Position, "position")
        return await _explain(session, uri, position, quiet=quiet)

    @server.command(ACCEPT_FINDINGS)
    async def accept_findings(*arguments: Any) -> dict[str, Any]:
        uri, function_id, quiet = _arguments(arguments)
        if function_id is not None and not isinstance(function_id, str):
            raise JsonRpcInvalidParams(message="functionId must be a string or null")
        return await _accept(session, uri, function_id, quiet=quiet)

    @server.command(STATUS)
    def status(*_: Any) -> dict[str, Any]:
        return server.describe()


def _arguments(arguments: tuple[Any, ...]) -> tuple[str, Any, bool]:
    """Parse ``[uri, second?, {quiet?}?]``. Raises JsonRpcInvalidParams."""
    if not 1 <= len(arguments) <= 3:
        raise JsonRpcInvalidParams(message=f"1 to 3 arguments are needed, not {len(arguments)}")
    uri = read(arguments[0], str, "uri")
    options = plain_json(arguments[2]) if len(arguments) > 2 else None
    quiet = isinstance(options, dict) and options.get("quiet") is True
    return uri, plain_json(arguments[1]) if len(arguments) > 1 else None, quiet


def _open_snapshot(session: Session, uri: str) -> Snapshot:
    snapshot = session.documents.snapshot(uri)
    if snapshot is None:
        raise JsonRpcInvalidParams(message=f"{plain_message(uri)} is not open")
    return snapshot


async def _rescore_document(session: Session, uri: str, *, quiet: bool) -> dict[str, Any]:
    _open_snapshot(session, uri)
    result = await session.scored(uri)
    if result is None or result.skipped is not None:
        why = result.skipped if result is not None else str(session.loader.error or "it could not be scored")
        return _said(session, {"functions": [], "file": None, "message": f"not scored: {why}"}, quiet=quiet)
    functions = [function_to_wire(result.record(function), result.settings) for function in result.functions]
    found = sum(function["verdict"]["band"] == "llm" for function in functions)
    answer = {
        "version": result.version,
        "functions": functions,
        "file": file_to_wire(result.verdict),
        "message": on_document(len(functions), found, result.verdict),
    }
    return _said(session, answer, quiet=quiet)


async def _rescore_selection(
    session: Session, uri: str, selection: types.Range, *, quiet: bool
) -> dict[str, Any]:
    snapshot = _open_snapshot(session, uri)
    positions = snapshot.positions
    start, end = positions.offset(selection.start), positions.offset(selection.end)
    if start >= end:
        return _said(session, {"verdict": None, "message": "nothing is selected"}, quiet=quiet)
    selected = selected_code(snapshot, start, end)
    if selected is None:
        message = UNCLEAR_LANGUAGE if snapshot.unnamed or snapshot.host is not None else UNSUPPORTED_LANGUAGE
        return _said(session, {"verdict": None, "message": message}, quiet=quiet)
    (code, language), token = selected, CancelToken()

    def score() -> tuple[Verdict, str]:
        analyzer = session.loader.analyzer()
        return analyzer.score(code, language, cancel=token), analyzer.model_id

    try:
        verdict, model_id = await session.worker.submit(score, priority=Priority.ASKED, token=token)
    except CodeOriginError as error:
        return _said(session, {"verdict": None, "message": str(error)}, quiet=quiet)
    message = on_selection(verdict, in_file=_takes_in_file(session, snapshot.uri))
    _mark_selection(session, snapshot, selection, (verdict, model_id), message)
    answer = {
        "version": snapshot.version,
        "range": to_wire(selection),
        "verdict": verdict_to_wire(verdict, session.settings_of(uri)),
        "message": message,
    }
    return _said(session, answer, quiet=quiet)


def _takes_in_file(session: Session, uri: str) -> bool:
    """Whether other functions of the file count in the verdicts of the document."""
    result = session.result(uri)
    if result is None or not session.settings_of(uri).file_context:
        return False  # the result may still be from earlier settings
    return any(each.verdict.file_evidence is not None for each in result.functions)


def _mark_selection(
    session: Session, snapshot: Snapshot, selection: types.Range, scored: tuple[Verdict, str], message: str
) -> None:
    """Keep the answer as a hint on the selection until the next edit."""
    verdict, model_id = scored
    document = session.document(snapshot.uri)
    if verdict.probability is None or document is None or (document.version or 0) != snapshot.version:
        return
    band = session.settings_of(snapshot.uri).limits.band(verdict)
    session.selections[snapshot.uri] = (
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
    session.refresh_findings(snapshot.uri)


async def _explain(
    session: Session, uri: str, position: types.Position, *, quiet: bool
) -> dict[str, Any] | None:
    _open_snapshot(session, uri)
    result = await session.scored(uri)
    function = result.at_line(position.line) if result is not None else None
    if result is None or function is None:
        return _said(session, {"explanation": None, "message": "there is no function here"}, quiet=quiet)
    answer = {
        "version": result.version,
        "modelId": result.model_id,
        **function_to_wire(result.record(function), result.settings),
        "caveat": FULL_CAVEAT,
    }
    if function.verdict.probability is None:
        message = f"{function.span.qualified_name}: no verdict: {reason(function.verdict.reason)}"
        return _said(session, {**answer, "message": message}, quiet=quiet)
    asking = asyncio.ensure_future(session.explanations.get(result, function))
    # Cancelling ends only this request, because another one may be waiting for the same explanation.
    progress = session.client.start_progress(EXPLAINING, asking.cancel)
    try:
        await asyncio.wait({asking})
        explanation = asking.result()
    except asyncio.CancelledError:
        if not asking.cancelled():
            asking.cancel()
            raise
        return _said(session, {**answer, "message": "no explanation: cancelled"}, quiet=quiet)
    except CodeOriginError as error:
        return _said(session, {**answer, "message": f"no explanation: {error}"}, quiet=quiet)
    finally:
        progress.end()
    answer["explanation"] = explanation_to_wire(result, function, explanation)
    answer["message"] = on_explanation(function, explanation)
    return _said(session, answer, quiet=quiet)


async def _accept(session: Session, uri: str, function_id: str | None, *, quiet: bool) -> dict[str, Any]:
    snapshot = _open_snapshot(session, uri)
    findings = session.accepted_findings_of(uri)
    if findings is None:
        message = "accepted findings are stored in the workspace folder: open the folder of this file"
        return _said(session, {"accepted": 0, "message": message}, quiet=quiet)
    result = await session.scored(uri)
    functions = _to_accept(result, function_id) if result is not None else []
    if not functions:
        message = "nothing to accept here: the text has changed or no function is reported"
        return _said(session, {"accepted": 0, "message": message}, quiet=quiet)
    try:
        accepted = findings.accept(
            (each.function_id, each.span.qualified_name, snapshot.path) for each in functions
        )
    except CodeOriginError as error:
        return _said(session, {"accepted": 0, "message": str(error)}, quiet=quiet)
    session.accepted_more()
    return _said(session, {"accepted": accepted, "message": on_accepted(accepted)}, quiet=quiet)


def _to_accept(result: Result, function_id: str | None) -> list[FunctionReport]:
    if function_id is not None:
        found = result.with_id(function_id)
        return [found] if found is not None else []
    return [each for each in result.functions if (result.settings.limits.band(each.verdict) or "") == "llm"]


def _said(session: Session, answer: dict[str, Any], *, quiet: bool) -> dict[str, Any]:
    """Return ``answer``, and show its message unless ``quiet``, when the client shows the answer itself."""
    answer["message"] = plain_message(str(answer["message"]))
    if not quiet:
        session.client.show(str(answer["message"]))
    return answer
