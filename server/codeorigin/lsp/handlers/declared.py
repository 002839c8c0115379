"""``codeorigin/declared``: what is recorded about every line of a document, for clients that display it."""

import asyncio
from itertools import groupby
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.documents.document_state import DeclaredLines
from codeorigin.lsp.handlers.repository_evidence import read_declared
from codeorigin.lsp.session import Session
from codeorigin.records.record import record_values
from codeorigin.report.declared import declared_counts, record_label

DECLARED = "codeorigin/declared"


async def declared(session: Session, raw: Any) -> dict[str, Any] | None:
    """The runs of lines with one record, as text, HEAD and notes are now; None if there is nothing to read."""
    params = plain_json(raw)
    if not isinstance(params, dict):
        raise JsonRpcInvalidParams(message="parameters {textDocument} are needed")
    uri = read(params.get("textDocument"), types.TextDocumentIdentifier, "textDocument").uri
    await session.configured.wait()
    document = session.documents.find(uri)
    while document is not None and document.state.is_open:
        # What was begun before this request may have seen an older HEAD or older notes.
        before = document.state.reading_declared.task
        reading = read_declared(session, document, again=True)
        if reading is None:
            return None
        # Cancelling ends only this request. If the reading is cancelled, the text or the repository is another.
        await asyncio.wait({reading})
        if not reading.cancelled() and reading is not before:
            known = reading.result()
            return None if known is None else _to_wire(known)
    return None


def _to_wire(known: DeclaredLines) -> dict[str, Any]:
    runs: list[dict[str, Any]] = []
    line = 0
    for record, run in groupby(known.lines):
        first, line = line, line + len(list(run))
        if record is not None:
            about = {"record": record_values(record), "label": record_label(record)}
            runs.append({"first": first, "last": line - 1, **about})
    return {"version": known.version, "runs": runs, "message": declared_counts(known.lines)}
