"""Command ``codeorigin.explain``: the verdict on the function at a position, and all of its evidence."""

from __future__ import annotations

import asyncio
from typing import Any

from lsprotocol import types

from codeorigin.errors import CodeOriginError
from codeorigin.lsp.connection.parameters import read
from codeorigin.lsp.features.commands import open_snapshot, parse_arguments, shown
from codeorigin.lsp.features.publish import scored
from codeorigin.lsp.features.wire_forms import explanation_to_wire, function_to_wire
from codeorigin.lsp.server import CodeOriginServer
from codeorigin.lsp.session import Session
from codeorigin.wording import FULL_CAVEAT
from codeorigin.wording.functions import reason
from codeorigin.wording.messages import on_explanation
from codeorigin.wording.titles import EXPLAINING

EXPLAIN = "codeorigin.explain"


def register(server: CodeOriginServer) -> None:
    """Register the command."""
    session = server.session

    @server.command(EXPLAIN)
    async def explain(*arguments: Any) -> dict[str, Any] | None:
        uri, place, quiet = parse_arguments(arguments)
        position = read(place, types.Position, "position")
        return await _explain(session, uri, position, quiet=quiet)


async def _explain(
    session: Session, uri: str, position: types.Position, *, quiet: bool
) -> dict[str, Any] | None:
    open_snapshot(session, uri)
    result = await scored(session, uri, position.line)
    function = result.at_line(position.line) if result is not None else None
    if result is None or function is None:
        return shown(session, {"explanation": None, "message": "there is no function here"}, quiet=quiet)
    answer = {
        "version": result.version,
        "modelId": result.model_id,
        **function_to_wire(result.record(function), result.settings),
        "caveat": FULL_CAVEAT,
    }
    if function.verdict.probability is None:
        message = f"{function.span.qualified_name}: no verdict: {reason(function.verdict.reason)}"
        return shown(session, {**answer, "message": message}, quiet=quiet)
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
        return shown(session, {**answer, "message": "no explanation: cancelled"}, quiet=quiet)
    except CodeOriginError as error:
        return shown(session, {**answer, "message": f"no explanation: {error}"}, quiet=quiet)
    finally:
        progress.end()
    answer["explanation"] = explanation_to_wire(result, function, explanation)
    answer["message"] = on_explanation(function, explanation)
    return shown(session, answer, quiet=quiet)
