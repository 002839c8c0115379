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
from codeorigin.lsp.status import ServerState, Status, StatusReporter

logger = logging.getLogger(__name__)

STATUS_METHOD = "codeorigin/status"


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
        self.client = Client(self.protocol)
        self.session = Session(self.client, self._documents, model_dir)
        self.status = StatusReporter(
            self.current_status, self._send_status, is_wanted=lambda: self.session.wants_status
        )
        self.session.worker.changed = self.status.changed
        self.started_at = time.monotonic()
        self._ended: asyncio.Future[int] | None = None

    def attach(self) -> asyncio.Future[int]:
        """Bind the server to the running event loop; the future holds the exit code."""
        self._ended = asyncio.get_running_loop().create_future()
        return self._ended

    def end(self, code: int) -> None:
        """Stop the server with exit code ``code``."""
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(code)

    def stop_work(self) -> None:
        """Cancel everything that runs or waits."""
        self.status.stop()
        self.session.stop()

    def report_server_error(
        self, error: Exception, source: type[PyglsError] | type[JsonRpcException]
    ) -> None:
        """Log the error, rather than showing a pop-up for a message that could not be handled."""
        if isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError):
            logger.debug("a request was refused: %s", type(error).__name__)
        else:
            # Called while the exception is being handled, so the log includes the traceback.
            logger.error("a message could not be handled (%s)", source.__name__, exc_info=True)

    def current_status(self) -> Status:
        """What the server is doing now."""
        session = self.session
        analyzer, error = session.loader.loaded, session.loader.error
        queue = session.worker.queue_length
        if error is not None:
            return Status(ServerState.ERROR, None, queue, str(error))
        if analyzer is None:
            waiting = session.model_requested or not session.configured.is_set()
            return Status(ServerState.LOADING if waiting else ServerState.READY, None, queue)
        return Status(ServerState.BUSY if queue else ServerState.READY, analyzer.model_id, queue)

    def describe(self) -> dict[str, Any]:
        """The answer to ``codeorigin.status``."""
        session = self.session
        return {
            **self.current_status().to_wire(),
            "version": __version__,
            "pid": os.getpid(),
            "uptimeSeconds": round(time.monotonic() - self.started_at, 1),
            "documents": len(session.documents.open_uris()),
            "pending": session.pending,
            "positionEncoding": session.documents.encoding.value,
            "diagnostics": "pull" if self.client.support.pull_diagnostics else "push",
        }

    def _documents(self) -> SourceWorkspace:
        workspace = self.workspace  # raises RuntimeError before `initialize`
        if not isinstance(workspace, SourceWorkspace):
            raise TypeError("the workspace was not replaced")
        return workspace

    def _send_status(self, status: Status) -> None:
        self.client.notify(STATUS_METHOD, status.to_wire())
