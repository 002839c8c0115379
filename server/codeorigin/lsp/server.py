"""The language server for pygls: its lifecycle, its status, and one session."""

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, PyglsError
from pygls.lsp.server import LanguageServer

from codeorigin import __version__
from codeorigin.languages import LANGUAGES
from codeorigin.lsp.connection.client import Client
from codeorigin.lsp.connection.protocol import CodeOriginProtocol
from codeorigin.lsp.documents.documents import SourceWorkspace
from codeorigin.lsp.session import Session
from codeorigin.text.literal_text import plain_message

logger = logging.getLogger(__name__)

STATUS_METHOD = "codeorigin/status"
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
        """The answer to ``codeorigin.status``."""
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
            self._session.client.notify(STATUS_METHOD, status)


def _notebook_selector() -> types.NotebookDocumentSyncOptions:
    ids = dict.fromkeys(name for language in LANGUAGES.values() for name in (language.id, *language.lsp_ids))
    cells = [types.NotebookCellLanguage(language=name) for name in ids]
    return types.NotebookDocumentSyncOptions(
        notebook_selector=[types.NotebookDocumentFilterWithCells(notebook="*", cells=cells)]
    )


class CodeOriginServer(LanguageServer):
    """Talks to one client; documents and results are in the session. Everything here runs on the event loop."""

    protocol: CodeOriginProtocol

    def __init__(self, model_dir: Path | None = None) -> None:
        super().__init__(
            "codeorigin",
            __version__,
            protocol_cls=CodeOriginProtocol,
            notebook_document_sync=_notebook_selector(),
        )
        self.protocol.on_exit = self.end
        self.session = Session(Client(self.protocol), self._documents, model_dir)
        self.status = StatusReporter(self.session)
        self.session.engine.scorer.changed = self.status.changed
        self._ended: asyncio.Future[int] | None = None

    def attach(self) -> asyncio.Future[int]:
        """Bind the server to the running event loop; the future holds the exit code."""
        self._ended = asyncio.get_running_loop().create_future()
        return self._ended

    def end(self, code: int) -> None:
        """Stop the server with exit code ``code``."""
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(code)

    def report_server_error(
        self, error: Exception, source: type[PyglsError] | type[JsonRpcException]
    ) -> None:
        """Log the error, rather than showing a pop-up for a message that could not be handled."""
        if isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError):
            logger.debug("a request was refused: %s", type(error).__name__)
        else:
            # Called while the exception is being handled, so the log includes the traceback.
            logger.error("a message could not be handled (%s)", source.__name__, exc_info=True)

    def _documents(self) -> SourceWorkspace:
        workspace = self.workspace  # raises RuntimeError before `initialize`
        assert isinstance(workspace, SourceWorkspace), "the protocol installs it"
        return workspace
