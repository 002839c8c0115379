"""What a status bar shows: the state of the server, and what is known of a document."""

import asyncio
import os
import time
from typing import Any

from codeorigin import __version__
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.session import Session
from codeorigin.report.editor_texts import known_of
from codeorigin.text.literal_text import plain_message

STATUS = "codeorigin/status"
DOCUMENT_STATUS = "codeorigin/documentStatus"
BUSY_AFTER_SECONDS = 0.15


class StatusReporter:
    """Sends the status when it has changed, without flicker during short bursts of work."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._started_at = time.monotonic()
        self._sent: dict[str, Any] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def current(self) -> dict[str, Any]:
        """The status in its JSON form; the model is None until it is loaded, and only errors have a message."""
        session = self._session
        analyzer, error = session.engine.model.loaded, session.engine.model.error
        queue = session.engine.scorer.queue_length
        if error is not None:
            state = "error"
        elif analyzer is not None:
            state = "busy" if queue else "ready"
        else:
            waiting = session.model_requested or not session.configured.is_set()
            state = "loading" if waiting else "ready"
        return {
            "state": state,
            "modelId": None if analyzer is None or error is not None else analyzer.model_id,
            "queue": queue,
            "message": None if error is None else plain_message(str(error)),
        }

    def describe(self) -> dict[str, Any]:
        session = self._session
        return {
            **self.current(),
            "version": __version__,
            "pid": os.getpid(),
            "uptimeSeconds": round(time.monotonic() - self._started_at, 1),
            "documents": len(session.documents.opened()),
            "pending": session.pending,
            "positionEncoding": session.documents.encoding.value,
        }

    def changed(self) -> None:
        """Send the status if it has changed; a change from or to busy only if it lasts."""
        if self._timer is not None:
            return
        status = self.current()
        was_busy = self._sent is not None and self._sent["state"] == "busy"
        if status["state"] != "busy" and not was_busy:
            self._send(status)
        elif status != self._sent:
            self._timer = asyncio.get_running_loop().call_later(BUSY_AFTER_SECONDS, self._later)

    def _later(self) -> None:
        self._timer = None
        self._send(self.current())

    def _send(self, status: dict[str, Any]) -> None:
        if status != self._sent and self._session.wants_status and not self._session.stopped:
            self._sent = status
            self._session.client.notify(STATUS, status)


def send_document_status(session: Session, document: SourceDocument) -> None:
    """Tell the client what is known of a whole document, or of the notebook that a cell belongs to, if it is new."""
    if not session.wants_status:
        return
    uri, parts = document.uri, [document.state]
    if document.notebook is not None:
        uri = document.notebook
        parts = [cell.state for cell in session.documents.opened() if cell.notebook == uri]
    results = [state.result for state in parts if state.result is not None]
    if not results:
        return
    reasons = [result.reason for result in results]
    verdicts = [function.verdict for result in results for function in result.functions]
    judged = sum(verdict.probability is not None for verdict in verdicts)
    summary = next(filter(None, reasons)) if all(reasons) else None
    summary = summary or known_of(sum(state.likely_llm for state in parts), judged, len(verdicts))
    if any(state.summary != summary for state in parts):
        session.client.notify(DOCUMENT_STATUS, {"uri": uri, "text": summary})
        for state in parts:
            state.summary = summary
