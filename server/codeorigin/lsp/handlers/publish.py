"""From an open document to the findings that the client shows: snapshot, score, keep the result, send what is new."""

import asyncio
import logging
from functools import partial

from lsprotocol import types

from codeorigin.core.errors import Cancelled, CodeOriginError
from codeorigin.lsp.documents.eligibility import skipped
from codeorigin.lsp.handlers.findings import diagnostic, reported
from codeorigin.lsp.scoring.document_state import DocumentState
from codeorigin.lsp.scoring.scored_document import Result, score
from codeorigin.lsp.scoring.worker import Priority
from codeorigin.lsp.session import Session
from codeorigin.settings.schema import RunMode

logger = logging.getLogger(__name__)

SHOW_SECONDS = 1.0
"""Interval at which the results of a slow model are shown."""


def publish_soon(session: Session, uri: str, delay: float = 0.0) -> None:
    """Score ``uri`` after ``delay`` seconds without another call; work on older text stops now."""
    state = session.state(uri)
    state.scoring.stop()
    if not session.stopped:
        state.is_delayed = delay > 0
        state.scoring.start(_publish(session, uri, state, delay))


async def scored(session: Session, uri: str, line: int | None = None) -> Result | None:
    """The result for the current text, settings and model, computed now if necessary.

    With a ``line``, functions elsewhere may be missing. None if the document is not open, or if it could not be
    scored, in which case the user was notified.
    """
    await session.configured.wait()
    while (document := session.document(uri)) is not None and not session.stopped:
        state = session.state(document.uri)
        state.waits_for_save = False
        result = _current(session, document.uri)
        if result is not None and (result.is_complete or (line is not None and result.at_line(line))):
            return result
        if session.engine.model.error is not None and not state.scoring.runs:
            return None
        if not state.scoring.runs or state.is_delayed:
            publish_soon(session, document.uri)
        scoring = state.scoring.task
        if scoring is not None:
            await _updated(state, scoring)
            if scoring.done() and not scoring.cancelled() and not scoring.result():
                return None
    return None


def why_not_scored(session: Session, result: Result | None) -> str:
    """Why :func:`scored` gave no functions: the document is not scored, or the model failed."""
    if result is not None:
        return f"the document is not scored: {result.skipped}"
    return str(session.engine.model.error or "the document could not be scored")


def _current(session: Session, uri: str) -> Result | None:
    """The result for the current text, settings and model, which may not be complete."""
    result = session.result(uri)
    return result if result is not None and result.job.key == session.key(uri) else None


async def _updated(state: DocumentState, scoring: asyncio.Task[bool]) -> None:
    """Wait until there are new results, or the scoring has ended."""
    state.changed.clear()
    change = asyncio.ensure_future(state.changed.wait())
    try:
        await asyncio.wait({scoring, change}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        change.cancel()


async def settled(session: Session, uri: str) -> Result | None:
    """The newest result, once ``uri`` is not being scored; does not start that."""
    await session.configured.wait()
    while (document := session.document(uri)) is not None and not session.stopped:
        state = session.state(document.uri)
        if state.scoring.task is None or not state.scoring.runs:
            return state.result
        await _updated(state, state.scoring.task)
    return None


async def _publish(session: Session, uri: str, state: DocumentState, delay: float) -> bool:
    """Score the document and send the findings; False if that failed."""
    await asyncio.sleep(delay)
    state.is_delayed = False
    request = session.request(uri)
    if request is None:
        return True
    reason = skipped(request.snapshot, request.settings, request.folder)
    if reason is not None:
        _show(session, state, Result(request, None, "", reason))
        return True
    seconds, functions = SHOW_SECONDS, -1
    try:
        while True:
            result = await session.engine.score(partial(score, request, seconds), Priority.TYPING)
            if session.key(uri) != request.key:
                break
            _show(session, state, result)
            if result.is_complete:
                break
            # A function that takes longer than that would never be finished.
            seconds = SHOW_SECONDS if len(result.functions) > functions else 2 * seconds
            functions = len(result.functions)
    except Cancelled:
        return session.key(uri) != request.key
    except Exception as error:
        _show_failure(session, error)
        return session.key(uri) != request.key
    return True


def _show(session: Session, state: DocumentState, result: Result) -> None:
    """Keep the result, and bring everything that the client shows of the document up to date with it."""
    before, state.result = state.result, result
    _log_if_skipped(session, result, before)
    send_findings(session, result.snapshot.uri)
    settings = result.settings
    is_late = settings.run is not RunMode.ON_TYPE and (before is None or before.version != result.version)
    if settings.code_lens and (is_late or (before is not None and result.moves(before))):
        # Clients fetch lenses again only after an edit.
        session.client.refresh_lenses()


def _log_if_skipped(session: Session, result: Result, before: Result | None) -> None:
    """Say why the document is not scored, but not again at every edit."""
    known = before.skipped if before is not None else None
    if result.skipped is None or (known is not None and known.reason == result.skipped.reason):
        return
    logger.info("a document is not scored: %s", result.skipped)
    if result.skipped.sizes:
        session.client.log(f"{result.snapshot.uri}: not scored: {result.skipped}")


def _show_failure(session: Session, error: Exception) -> None:
    if isinstance(error, CodeOriginError):
        message = str(error)
    else:
        logger.error("scoring a document failed", exc_info=error)
        message = f"scoring a document failed ({type(error).__name__}); the log says where"
    session.client.show_once(message, types.MessageType.Error)


def send_findings(session: Session, uri: str) -> None:
    """Send the client the findings of the newest result, under the newest accepted findings, if they are new."""
    result = session.result(uri)
    if result is None:
        return
    state, settings = session.state(uri), result.settings
    with_link = session.client.support.code_description
    items = [
        diagnostic(result.record(function), result.model_id, band, settings, with_link=with_link)
        for function, band in reported(result.functions, settings, session.accepted(uri))
    ]
    items += state.selection
    findings = hash(repr(items))
    is_changed, is_new = findings != state.findings, result.version != state.version
    state.findings, state.version = findings, result.version
    state.changed.set()
    if is_changed or is_new:
        session.client.publish(uri, items, result.version)


def send_all_findings(session: Session) -> None:
    """Send the findings of all open documents again, because more of them are accepted."""
    session.forget_accepted()
    for uri in session.documents.open_uris():
        send_findings(session, uri)
