"""What is declared about the lines of a document: ``codeorigin/declared``, and a line of hovers and explanations."""

import asyncio
import logging
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled, RepositoryError
from codeorigin.functions.function_lines import function_lines
from codeorigin.lsp.connection.parameters import plain_json, read
from codeorigin.lsp.documents.document_state import DeclaredLines, DocumentState
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.documents.scored_document import Result
from codeorigin.lsp.documents.snapshot import Snapshot
from codeorigin.lsp.scoring.repository_facts import RepositoryFacts
from codeorigin.lsp.session import Session
from codeorigin.records.record import record_values
from codeorigin.report.declared import declared_counts, declared_sentence, record_label

logger = logging.getLogger(__name__)

DECLARED = "codeorigin/declared"


def read_declared(
    session: Session, document: SourceDocument, *, again: bool = False
) -> asyncio.Task[DeclaredLines | None] | None:
    """Read the records about a document, unless that was done since its last edit or save.

    Returns what reads them; None if none are to be read. ``again``: HEAD or the notes may have moved since.
    """
    state, folder, snapshot = document.state, document.repository, document.snapshot()
    if folder is None or session.stopped or not session.settings(document).enable:
        return None
    if snapshot.language is None or snapshot.is_cell:
        return None
    again = again and not state.reading_declared.runs
    if again:
        session.facts.forget(folder)
    if again or state.read_version != snapshot.version or state.reading_declared.task is None:
        state.read_version = snapshot.version
        state.reading_declared.start(_declared(session, state, folder, snapshot))
    return state.reading_declared.task


def read_repository(session: Session, document: SourceDocument) -> None:
    """Look at the repository of a document again, as far as the settings and the document allow it."""
    folder, state, settings = document.repository, document.state, session.settings(document)
    if folder is not None:
        session.facts.forget(folder)
    state.past_repository = folder if settings.enable and settings.past else None
    if state.past_repository is not None and not session.stopped:
        session.pasts.read(state.past_repository)
    state.reading_declared.stop()
    if read_declared(session, document) is None:
        state.declared = None


def declared_line(document: SourceDocument, result: Result, function: JudgedFunction) -> str | None:
    """What is recorded about the lines of a function, as far as that is known."""
    known = document.state.declared
    if known is None or known.version != result.version:
        return None
    (place,) = function_lines(result.snapshot.text, [function.span])
    return declared_sentence(place.first, known.lines[place.first - 1 : place.last])


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


async def _declared(
    session: Session, state: DocumentState, folder: Path, snapshot: Snapshot
) -> DeclaredLines | None:
    look = partial(_declared_lines, session.facts, folder, snapshot, state.declared)
    try:
        state.declared = await session.engine.git.submit(look)
    except Cancelled:
        return None
    except Exception:
        logger.exception("the records about a document could not be read")
        return None
    return state.declared


def _declared_lines(
    facts: RepositoryFacts, folder: Path, snapshot: Snapshot, known: DeclaredLines | None, token: CancelToken
) -> DeclaredLines:
    """What is recorded now; ``known`` if text, HEAD and notes are the same. Runs in the git thread."""
    # Imported here, because `initialize` does not need it.
    from codeorigin.records.file_lines import text_records  # noqa: PLC0415

    state: tuple[object, ...] = ()
    try:
        looked_at = facts.of(folder, token)
        state = looked_at.state
        if known is not None and (known.version, known.state) == (snapshot.version, state):
            return known
        path = Path(snapshot.path or "")
        found = text_records(path, snapshot.text, looked_at.repository, looked_at.state)
    except RepositoryError as error:
        logger.debug("no records about a document: %s", error)
        return DeclaredLines(snapshot.version, state)
    for problem in found.problems:
        logger.debug("a record was skipped: %s", problem)
    return DeclaredLines(snapshot.version, state, found.lines)
