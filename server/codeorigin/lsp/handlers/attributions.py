"""``codeorigin/attributions``: evidence per line of a range, for clients that display it."""

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams

from codeorigin.analysis.report import FunctionReport
from codeorigin.core.errors import Cancelled
from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.handlers.publish import scored
from codeorigin.lsp.handlers.wire_forms import explanation_to_wire, function_to_wire
from codeorigin.lsp.session import Session

ATTRIBUTIONS = "codeorigin/attributions"


class ContentModified(JsonRpcException):
    """The document or the model changed while the old text was being explained."""

    CODE = types.LSPErrorCodes.ContentModified
    MESSAGE = "the document, its settings or the model have changed; ask again"


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
        await _function(session, result, function, first, last) for function in result.between(first, last)
    ]
    return {
        "version": result.version,
        "modelId": result.model_id,
        "functions": functions,
    }


async def _function(
    session: Session, result: Result, function: FunctionReport, first: int, last: int
) -> dict[str, Any]:
    wire = function_to_wire(result.record(function), result.settings)
    if function.verdict.probability is not None:
        try:
            explanation = await session.explanations.get(result, function)
        except Cancelled as error:
            raise ContentModified from error
        evidence = explanation_to_wire(result, function, explanation)
        evidence["lines"] = [line for line in evidence["lines"] if first <= line["line"] <= last]
        wire["explanation"] = evidence
    return wire
