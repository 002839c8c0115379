"""The server: state on the event loop, scoring in the worker, and what the handlers ask of both."""

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, PyglsError
from pygls.lsp.server import LanguageServer

from codeorigin import __version__
from codeorigin.errors import ModelError
from codeorigin.languages import LANGUAGES
from codeorigin.lsp.connection.client_support import ClientSupport
from codeorigin.lsp.connection.progress import Progress
from codeorigin.lsp.connection.protocol import CodeOriginProtocol
from codeorigin.lsp.documents.documents import SourceDocument, SourceWorkspace
from codeorigin.lsp.presentation.publisher import Publisher
from codeorigin.lsp.presentation.wire_forms import file_to_wire
from codeorigin.lsp.scoring.document_scorer import Scoring
from codeorigin.lsp.scoring.explanation_jobs import Explanations
from codeorigin.lsp.scoring.model_loader import Engine
from codeorigin.lsp.scoring.scored_document import Result
from codeorigin.lsp.scoring.worker import Priority, Worker
from codeorigin.lsp.settings.accepted_findings import AcceptedFindings
from codeorigin.lsp.settings.layers import Configuration
from codeorigin.lsp.status import State, Status, StatusReporter
from codeorigin.settings.schema import Settings
from codeorigin.source.literal_text import plain_message

logger = logging.getLogger(__name__)

STATUS_METHOD = "codeorigin/status"
FILE_VERDICT_METHOD = "codeorigin/fileVerdict"


def _notebook_selector() -> types.NotebookDocumentSyncOptions:
    ids = dict.fromkeys(name for language in LANGUAGES.values() for name in (language.id, *language.lsp_ids))
    cells = [types.NotebookCellLanguage(language=name) for name in ids]
    return types.NotebookDocumentSyncOptions(
        notebook_selector=[types.NotebookDocumentFilterWithCells(notebook="*", cells=cells)]
    )


class CodeOriginServer(LanguageServer):
    """State and the operations that handlers share. Everything here runs on the event loop."""

    protocol: CodeOriginProtocol

    def __init__(self, model_dir: Path | None = None) -> None:
        super().__init__(
            "codeorigin",
            __version__,
            protocol_cls=CodeOriginProtocol,
            notebook_document_sync=_notebook_selector(),
        )
        self.model_dir = model_dir
        self.client = ClientSupport()
        self.configuration = Configuration()
        self.configured = asyncio.Event()
        self.engine = Engine(model_dir)
        self.worker = Worker()
        self.publisher = Publisher(self.text_document_publish_diagnostics)
        self.explanations = Explanations(self.worker, self.engine, self.start_progress)
        self.scoring = Scoring(self)
        self.status = StatusReporter(self.current_status, self._send_status)
        self.worker.changed = self.status.changed
        self.started_at = time.monotonic()
        self._accepted_findings: dict[str, AcceptedFindings] = {}
        self._shown: set[str] = set()
        self._file_verdicts: set[str] = set()
        self._model_requested = False
        self._ended: asyncio.Future[int] | None = None

    # -- life ---------------------------------------------------------------------------------------------

    def attach(self) -> asyncio.Future[int]:
        """Bind the server to the running event loop; the future holds the exit code."""
        self._ended = asyncio.get_running_loop().create_future()
        return self._ended

    def end(self, code: int) -> None:
        """Let the server end with ``code``."""
        if self._ended is not None and not self._ended.done():
            self._ended.set_result(code)

    def stop_work(self) -> None:
        """Cancel everything that runs or waits."""
        self.status.stop()
        self.scoring.cancel_all()
        self.worker.stop(0)

    def report_server_error(
        self, error: Exception, source: type[PyglsError] | type[JsonRpcException]
    ) -> None:
        """Log; never a pop-up for a message that could not be handled."""
        if isinstance(error, JsonRpcException) and not isinstance(error, JsonRpcInternalError):
            logger.debug("a request was refused: %s", type(error).__name__)
        else:
            # Called while the failure itself is being handled: the log says where it happened.
            logger.error("a message could not be handled (%s)", source.__name__, exc_info=True)

    # -- documents ----------------------------------------------------------------------------------------

    @property
    def documents(self) -> SourceWorkspace:
        """The open documents. Raises RuntimeError before ``initialize``."""
        workspace = self.workspace
        if not isinstance(workspace, SourceWorkspace):
            raise TypeError("the workspace was not replaced")
        return workspace

    def document(self, uri: str) -> SourceDocument | None:
        """The open document, or None."""
        return self.documents.find(uri)

    def settings_of(self, uri: str) -> Settings:
        """The settings that hold for a document."""
        return self.configuration.of(self.documents.folder_of(uri))

    def folder_path(self, uri: str) -> Path | None:
        """The workspace folder of a document on disk."""
        folder = self.documents.folder_of(uri)
        path = uris.to_fs_path(folder) if folder is not None else None
        return Path(path) if path else None

    def accepted_findings_of(self, uri: str) -> AcceptedFindings | None:
        """The accepted findings of the document's folder; None outside of all folders."""
        path = self.folder_path(uri)
        if path is None:
            return None
        return self._accepted_findings.setdefault(str(path), AcceptedFindings(path))

    # -- settings -----------------------------------------------------------------------------------------

    def reconfigure(self) -> None:
        """Compute the settings anew from all layers, and act on what changed."""
        self.configuration.rebuild([folder.uri for folder in self.documents.folders.values()])
        for problem in self.configuration.problems:
            self.show_once(problem, types.MessageType.Warning)
        everywhere = self.configuration.everywhere
        self.status.enabled = everywhere.status_notifications and self.configured.is_set()
        if not self.configured.is_set():
            return
        if everywhere.enable:
            self._load_model(everywhere.model_path)
        self.scoring.again()
        self.refresh_decorations()

    def refresh_decorations(self, *, lenses: bool = True, hints: bool = True) -> None:
        """Ask the client to fetch lenses and hints again, where it can be asked."""
        if lenses and self.client.refresh_code_lens:
            self.protocol.ask(types.WORKSPACE_CODE_LENS_REFRESH, None)
        if hints and self.client.refresh_inlay_hints:
            self.protocol.ask(types.WORKSPACE_INLAY_HINT_REFRESH, None)

    # -- telling the user ---------------------------------------------------------------------------------

    def show(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show one line to the user."""
        self.window_show_message(
            types.ShowMessageParams(type=kind, message=plain_message(f"CodeOrigin: {message}"))
        )

    def show_once(self, message: str, kind: types.MessageType) -> None:
        """Show a line unless it was shown before."""
        if message not in self._shown:
            self._shown.add(message)
            self.show(message, kind)

    def tell_file_verdict(self, result: Result) -> None:
        """Say what the document is as a whole, or that what was said before is void."""
        uri = result.snapshot.uri
        if not self.status.enabled or (result.verdict is None and uri not in self._file_verdicts):
            return
        if result.verdict is None:
            self._file_verdicts.discard(uri)
        else:
            self._file_verdicts.add(uri)
        verdict = file_to_wire(result.verdict)
        self.protocol.notify(FILE_VERDICT_METHOD, {"uri": uri, "version": result.version, "verdict": verdict})

    def forget_file_verdict(self, uri: str) -> None:
        """The document is closed; the client forgets by itself."""
        self._file_verdicts.discard(uri)

    def start_progress(self, title: str, cancelled: Any, *, measured: bool = False) -> Progress:
        """A progress bar at the client, if it has them."""
        return Progress(
            self.protocol,
            title,
            supported=self.client.work_done_progress,
            cancelled=cancelled,
            measured=measured,
        )

    def current_status(self) -> Status:
        """What the server is doing now."""
        analyzer, error = self.engine.loaded, self.engine.error
        queue = self.worker.queue_length
        if error is not None:
            return Status(State.ERROR, None, queue, str(error))
        if analyzer is None:
            waiting = self._model_requested or not self.configured.is_set()
            return Status(State.LOADING if waiting else State.READY, None, queue)
        return Status(State.BUSY if queue else State.READY, analyzer.model_id, queue)

    def _send_status(self, status: Status) -> None:
        self.protocol.notify(STATUS_METHOD, status.to_wire())

    # -- model --------------------------------------------------------------------------------------------

    def _load_model(self, setting: str | None) -> None:
        """Load the model that the settings name, unless that was asked for before."""
        chosen = self.model_dir or (Path(setting).expanduser() if setting else None)
        if not self.engine.choose(chosen) and self._model_requested:
            return
        self._model_requested = True
        future = self.worker.submit(self.engine.analyzer, priority=Priority.MODEL)
        future.add_done_callback(self._model_loaded)
        self.status.changed()

    def _model_loaded(self, future: asyncio.Future[Any]) -> None:
        if not future.cancelled():
            error = future.exception()
            if isinstance(error, ModelError):
                self.model_failed(error)
        self.status.changed()

    def model_failed(self, error: ModelError) -> None:
        """Say once why there is no model."""
        self.show_once(str(error), types.MessageType.Error)
        self.status.changed()

    def describe(self) -> dict[str, Any]:
        """What ``codeorigin.status`` answers."""
        return {
            **self.current_status().to_wire(),
            "version": __version__,
            "pid": os.getpid(),
            "uptimeSeconds": round(time.monotonic() - self.started_at, 1),
            "documents": len(self.documents.open_uris()),
            "pending": self.scoring.pending,
            "positionEncoding": self.documents.encoding.value,
            "diagnostics": "pull" if self.publisher.pull else "push",
        }
