"""``codeorigin serve``: the language server for pygls, with one session, and the process that serves one client."""

import asyncio
import contextlib
import logging
import os
from pathlib import Path
from typing import BinaryIO

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, PyglsError
from pygls.lsp.server import LanguageServer

from codeorigin import __version__
from codeorigin.languages import LANGUAGES
from codeorigin.lsp.connection import logs
from codeorigin.lsp.connection.client import Client
from codeorigin.lsp.connection.protocol import CodeOriginProtocol
from codeorigin.lsp.connection.transport import Writer, start_reader, take_stdio
from codeorigin.lsp.documents.documents import SourceWorkspace
from codeorigin.lsp.handlers import register_all
from codeorigin.lsp.session import Session
from codeorigin.lsp.status import StatusReporter

logger = logging.getLogger(__name__)

STOP_SECONDS = 0.5
WRITE_SECONDS = 2.0


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
        status = StatusReporter(self.session)
        self.session.engine.scorer.changed = status.changed
        register_all(self, self.session, status)
        self._ended: asyncio.Future[int] | None = None

    def attach(self) -> asyncio.Future[int]:
        """Bind the server to the running event loop; the future holds the exit code."""
        self._ended = asyncio.get_running_loop().create_future()
        return self._ended

    def end(self, code: int) -> None:
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


def serve(*, log_file: Path | None = None, log_level: str = "info", model_dir: Path | None = None) -> int:
    """Serve the client on stdin and stdout and return the exit code: 0 after ``shutdown`` and ``exit``, else 1.

    Only the ``log_level`` ``debug`` logs document text; ``log_file`` takes the place of stderr. ``model_dir`` overrides
    the model in the client's settings. Raises CodeOriginError if the log file cannot be written.
    """
    handler = logs.configure(log_level, log_file)
    streams = take_stdio()
    server = CodeOriginServer(model_dir)
    code, is_written = 1, False
    with contextlib.suppress(KeyboardInterrupt):
        code, is_written = asyncio.run(_run(server, *streams))
    if not server.session.engine.scorer.stop(STOP_SECONDS) or not is_written:
        # Neither inference nor a write to a client that does not read can be interrupted, and no thread may be inside
        # native code when the interpreter shuts down. Exit without shutting it down.
        logger.info("leaving with work in flight")
        handler.close()
        os._exit(code)
    handler.close()
    return code


async def _run(server: CodeOriginServer, stdin: BinaryIO, stdout: BinaryIO) -> tuple[int, bool]:
    """Return the exit code and whether everything for the client was written."""
    loop = asyncio.get_running_loop()
    ended = server.attach()
    loop.set_exception_handler(_log_failure)

    def from_thread(call: object, *arguments: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed because the server is stopping
            loop.call_soon_threadsafe(call, *arguments)  # type: ignore[arg-type]

    writer = Writer(stdout, lost=lambda: from_thread(server.end, 1))
    server.protocol.set_writer(writer)
    start_reader(
        stdin,
        receive=lambda body: from_thread(server.protocol.receive, body),
        ended=lambda: from_thread(lambda: server.end(0 if server.protocol.was_shut_down else 1)),
    )
    code = await ended
    server.session.stop()
    return code, writer.finish(WRITE_SECONDS)


def _log_failure(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    error = context.get("exception")
    logger.error("a background task failed", exc_info=error if isinstance(error, BaseException) else None)
