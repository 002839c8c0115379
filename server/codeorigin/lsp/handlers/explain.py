"""Command ``codeorigin.explain``: the verdict on the function at a position, and all of its evidence."""

import asyncio
from typing import Any

from lsprotocol import types

from codeorigin.core.errors import CodeOriginError
from codeorigin.explain.explanation import Explanation
from codeorigin.lsp.connection.parameters import read
from codeorigin.lsp.handlers.commands import open_document
from codeorigin.lsp.handlers.details import details
from codeorigin.lsp.handlers.publish import scored, why_not_scored
from codeorigin.lsp.handlers.repository_evidence import declared_line, read_declared
from codeorigin.lsp.handlers.wire_forms import explanation_to_wire, function_to_wire
from codeorigin.lsp.session import Session
from codeorigin.report import FULL_CAVEAT
from codeorigin.report.editor_texts import EXPLAINING, on_explanation
from codeorigin.report.functions import reason

EXPLAIN = "codeorigin.explain"


async def explain(session: Session, uri: Any, place: Any) -> dict[str, Any]:
    """Explain the function of the document ``uri`` at the position ``place``."""
    line = read(place, types.Position, "position").line
    document = open_document(session, uri)
    result = await scored(session, document, line)
    function = None if result is None else result.at_line(line)
    if result is None or function is None:
        why = why_not_scored(session, result)
        message = f"no explanation: {why}" if why is not None else "there is no function here"
        return {"explanation": None, "message": message}
    read_declared(session, document)
    band = result.settings.limits.band(function.verdict)

    def answer(explanation: Explanation | None, message: str) -> dict[str, Any]:
        """What is shown of the function, and ``message``."""
        limits = result.settings.limits
        return {
            "version": result.version,
            "modelId": result.model_id,
            **function_to_wire(result.record(function), result.settings),
            "explanation": explanation and explanation_to_wire(result, function, explanation),
            "details": [
                detail._asdict() for detail in details(function.verdict, explanation, limits, result.model_id)
            ],
            "declared": declared_line(document, result, function),
            "caveat": FULL_CAVEAT,
            "message": message,
        }

    if band is None:
        why = reason(function.verdict.reason)
        return answer(None, f"{function.span.qualified_name}: no verdict: {why}")
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
        return answer(None, "no explanation: cancelled")
    except CodeOriginError as error:
        return answer(None, f"no explanation: {error}")
    finally:
        progress.end()
    return answer(explanation, on_explanation(function, band, explanation))
