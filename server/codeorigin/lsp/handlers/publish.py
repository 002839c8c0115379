"""From an open document to the findings that the client shows: snapshot, score, keep the result, send what is new."""

import asyncio
import logging
from functools import partial

from lsprotocol import types

from codeorigin.analysis.judged import JudgedFunction
from codeorigin.core.errors import Cancelled, CodeOriginError
from codeorigin.lsp.documents.document_state import DocumentState
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.documents.scored_document import Result, score
from codeorigin.lsp.handlers.findings import diagnostic, reported
from codeorigin.lsp.scoring.worker import Priority
from codeorigin.lsp.session import Session
from codeorigin.lsp.status import send_document_status
from codeorigin.model.verdict import Band
from codeorigin.settings.schema import RunMode

logger = logging.getLogger(__name__)

SHOW_SECONDS = 1.0
"""Interval at which the results of a slow model are shown."""


def publish_soon(session: Session, document: SourceDocument, delay: float = 0.0) -> None:
    """Score ``document`` after ``delay`` seconds without another call; work on older text stops now."""
    state = document.state
    state.scoring.stop()
    if state.is_open and not session.stopped:
        state.is_delayed = delay > 0
        state.scoring.start(_publish(session, document, delay))


def closed(session: Session, document: SourceDocument) -> None:
    """A document was closed: end all work on it, and clear what the client shows."""
    session.explanations.cancel(document.uri)
    document.state.stop()
    if document.state.version is not None:
        session.client.publish(document.uri, [])


async def scored(session: Session, document: SourceDocument, line: int | None = None) -> Result | None:
    """The result for the current text, settings and model, computed now if necessary.

    With a ``line``, functions elsewhere may be missing. None if the document was closed, or if it could not be
    scored, in which case the user was notified.
    """
    await session.configured.wait()
    state = document.state
    while state.is_open and not session.stopped:
        state.waits_for_save = False
        result = state.result
        is_current = result is not None and result.job == session.job(document)
        if (
            result is not None
            and is_current
            and (result.is_complete or (line is not None and result.at_line(line)))
        ):
            return result
        if session.engine.model.error is not None and not state.scoring.runs:
            return None
        if not state.scoring.runs or state.is_delayed:
            publish_soon(session, document)
        scoring = state.scoring.task
        if scoring is not None:
            await _updated(state, scoring)
            if scoring.done() and not scoring.cancelled() and not scoring.result():
                return None
    return None


def why_not_scored(session: Session, result: Result | None) -> str | None:
    """Why :func:`scored` gave no functions: the document is not scored, or the model failed; None if it gave some."""
    if result is None:
        return str(session.engine.model.error or "the document could not be scored")
    reason = result.reason
    return f"the document is not scored: {reason}" if reason is not None else None


async def _updated(state: DocumentState, scoring: asyncio.Task[bool]) -> None:
    """Wait until there are new results, or the scoring has ended."""
    state.changed.clear()
    change = asyncio.ensure_future(state.changed.wait())
    try:
        await asyncio.wait({scoring, change}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        change.cancel()


async def settled(session: Session, document: SourceDocument) -> None:
    """Wait until ``document`` is not being scored; does not start that."""
    await session.configured.wait()
    state = document.state
    while state.scoring.task is not None and state.scoring.runs and not session.stopped:
        await _updated(state, state.scoring.task)


async def _publish(session: Session, document: SourceDocument, delay: float) -> bool:
    """Score the document and send the findings; False if that failed."""
    await asyncio.sleep(delay)
    document.state.is_delayed = False
    job, known = session.job(document), document.state.result
    if known is not None and known.is_complete and known.job == job:
        send_findings(session, document)  # other functions may be accepted
        return True
    if (reason := job.skipped()) is not None:
        _show(session, document, Result(job, None, "", reason))
        return True
    seconds, functions = SHOW_SECONDS, -1
    try:
        while True:
            result = await session.engine.score(partial(score, job, seconds), Priority.TYPING)
            if session.job(document) != job:
                break
            _show(session, document, result)
            if result.is_complete:
                break
            # A function that takes longer than that would never be finished.
            seconds = SHOW_SECONDS if len(result.functions) > functions else 2 * seconds
            functions = len(result.functions)
    except Cancelled:
        return session.job(document) != job
    except Exception as error:
        message = str(error)
        if not isinstance(error, CodeOriginError):
            logger.exception("scoring a document failed")
            message = f"scoring a document failed ({type(error).__name__}); the log says where"
        session.client.show_once(message, types.MessageType.Error)
        return session.job(document) != job
    return True


def _show(session: Session, document: SourceDocument, result: Result) -> None:
    """Keep the result, and bring everything that the client shows of the document up to date with it."""
    state, settings = document.state, result.settings
    before, state.result = state.result, result
    if result.skipped is not None and (before is None or before.skipped != result.skipped):
        logger.info("a document is not scored: %s", result.skipped)
    found = send_findings(session, document)
    if result.is_complete:
        session.explanations.prepare(result, found)
    is_late = settings.run is not RunMode.ON_TYPE and (before is None or before.version != result.version)
    if settings.code_lens and (is_late or (before is not None and result.moves(before))):
        # Clients fetch lenses again only after an edit.
        session.client.refresh_lenses()


def send_findings(session: Session, document: SourceDocument) -> list[JudgedFunction]:
    """Send the client the findings of the newest result, under the newest accepted findings, if they are new.

    Returns the functions that are reported.
    """
    state = document.state
    result = state.result
    if result is None:
        return []
    found = reported(result.functions, result.settings, session.accepted(document.root, result.settings))
    with_link = session.client.support.code_description
    items = [diagnostic(result, function, band, with_link=with_link) for function, band in found]
    items += state.selection
    findings = hash(repr(items))
    is_changed, is_new = findings != state.findings, result.version != state.version
    state.findings, state.version = findings, result.version
    state.changed.set()
    if is_changed or is_new:
        session.client.publish(document.uri, items, result.version)
    state.likely_llm = sum(band is Band.LLM for _, band in found)
    send_document_status(session, document)
    return [function for function, _ in found]
