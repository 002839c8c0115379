"""The language server for pygls, with one session."""

import asyncio
import logging
from pathlib import Path

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, PyglsError
from pygls.lsp.server import LanguageServer

from codeorigin import __version__
from codeorigin.languages import LANGUAGES
from codeorigin.lsp.connection.client import Client
from codeorigin.lsp.connection.protocol import CodeOriginProtocol
from codeorigin.lsp.documents.documents import SourceWorkspace
from codeorigin.lsp.session import Session
from codeorigin.lsp.status import StatusReporter

logger = logging.getLogger(__name__)


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
