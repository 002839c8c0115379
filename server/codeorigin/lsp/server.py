"""The server: state on the event loop, scoring in the worker, and what the handlers ask of both."""

import asyncio
import logging
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris
from pygls.exceptions import JsonRpcException, PyglsError
from pygls.lsp.server import LanguageServer

from codeorigin import __version__
from codeorigin.cancellation import CancelToken
from codeorigin.errors import CodeOriginError, ModelError
from codeorigin.languages import LANGUAGES
from codeorigin.lsp.baseline import Baseline
from codeorigin.lsp.capabilities import ClientSupport
from codeorigin.lsp.configuration import Configuration
from codeorigin.lsp.documents import Snapshot, SourceDocument, SourceWorkspace
from codeorigin.lsp.eligibility import skip_reason
from codeorigin.lsp.engine import Engine
from codeorigin.lsp.explanations import Explanations
from codeorigin.lsp.progress import Progress
from codeorigin.lsp.protocol import CodeOriginProtocol
from codeorigin.lsp.publisher import Publisher
from codeorigin.lsp.results import Result
from codeorigin.lsp.scheduler import Scheduler
from codeorigin.lsp.settings import RunMode, Settings
from codeorigin.lsp.status import State, Status, StatusReporter
from codeorigin.lsp.worker import Priority, Worker

logger = logging.getLogger(__name__)

STATUS_METHOD = "codeorigin/status"


def _notebook_selector() -> types.NotebookDocumentSyncOptions:
    ids = dict.fromkeys(name for language in LANGUAGES.values() for name in (language.id, *language.lsp_ids))
    cells = [types.NotebookCellLanguage(language=name) for name in ids]
    return types.NotebookDocumentSyncOptions(
        notebook_selector=[types.NotebookDocumentFilterWithCells(notebook="*", cells=cells)]
    )


@dataclass(frozen=True, slots=True)
class _Work:
    """All that the worker needs to score a document; taken on the event loop."""

    snapshot: Snapshot
    settings: Settings
    folder: Path | None

    @property
    def version(self) -> int:
        return self.snapshot.version


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
        self.results: dict[str, Result] = {}
        self.selections: dict[str, tuple[types.Diagnostic, ...]] = {}
        self.publisher = Publisher(self.text_document_publish_diagnostics)
        self.explanations = Explanations(self.worker, self.engine, self.start_progress)
        self.scheduler: Scheduler[_Work, Result] = Scheduler(
            self.worker,
            snapshot=self._work,
            analyze=self._analyze,
            deliver=self._deliver,
            failed=self._failed,
        )
        self.status = StatusReporter(self.current_status, self._send_status)
        self.worker.changed = self.status.changed
        self.started_at = time.monotonic()
        self._baselines: dict[str, Baseline] = {}
        self._shown: set[str] = set()
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
        self.scheduler.cancel_all()
        self.worker.stop(0)

    def report_server_error(
        self, error: Exception, source: type[PyglsError] | type[JsonRpcException]
    ) -> None:
        """Log; never a pop-up for a message that could not be handled."""
        logger.error("%s while handling a message (%s)", type(error).__name__, source.__name__)
        logger.debug("details", exc_info=error)

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

    def baseline_of(self, uri: str) -> Baseline | None:
        """The baseline of the document's folder; None outside of all folders."""
        path = self.folder_path(uri)
        if path is None:
            return None
        return self._baselines.setdefault(str(path), Baseline(path))

    # -- scoring ------------------------------------------------------------------------------------------

    def touched(self, uri: str, *, edited: bool) -> None:
        """A document was opened or saved, or (``edited``) its text has changed."""
        document = self.document(uri)
        if document is None or not self.configured.is_set():
            return  # all open documents are scored once the settings are known
        uri = document.uri
        if self.configuration.is_stale(self.documents.folder_of(uri)):
            self.reconfigure()
        settings = self.settings_of(uri)
        if edited:
            self.explanations.cancel(uri)
            self.selections.pop(uri, None)
            self.publisher.edited(uri)
        else:
            document.edited_lines = None  # a save ends the typing, and with it the quiet near the caret
        if settings.run is RunMode.ON_TYPE or (settings.run is RunMode.ON_SAVE and not edited):
            self.scheduler.schedule(uri, settings.debounce / 1000 if edited else 0.0)
        elif edited:
            self.scheduler.cancel(uri)

    def closed(self, uri: str) -> None:
        """A document was closed: forget it, and clear what the client shows."""
        self.scheduler.cancel(uri)
        self.explanations.cancel(uri)
        self.results.pop(uri, None)
        self.selections.pop(uri, None)
        self.publisher.clear(uri)

    async def scored(self, uri: str) -> Result | None:
        """The result for the present text, scored now if need be; None when the document is not open."""
        await self.configured.wait()
        while (document := self.document(uri)) is not None:
            result = self.results.get(document.uri)
            if result is not None and result.version == (document.version or 0):
                return result
            if self.engine.error is not None and not self.scheduler.is_busy(document.uri):
                return None
            if self.scheduler.is_busy(document.uri):
                self.scheduler.hurry(document.uri)
            else:
                self.scheduler.schedule(document.uri, 0.0)
            before = document.version
            await self.scheduler.settled(document.uri)
            result = self.results.get(document.uri)
            if document.version == before and (result is None or result.version != (before or 0)):
                return None  # it could not be scored, and the user was told why
        return None

    async def settled(self, uri: str) -> Result | None:
        """The newest result once no scoring of ``uri`` is under way; starts none."""
        await self.configured.wait()
        document = self.document(uri)
        if document is None:
            return None
        await self.scheduler.settled(document.uri)
        return self.results.get(document.uri)

    def refresh_findings(self, uri: str) -> None:
        """Bring the client's diagnostics of an open document up to date with its result."""
        result = self.results.get(uri)
        document = self.document(uri)
        if result is None or document is None:
            return
        baseline = self.baseline_of(uri)
        accepted = baseline.ids() if baseline is not None else frozenset()
        if baseline is not None and baseline.problem:
            self.show_once(baseline.problem, types.MessageType.Warning)
        self.publisher.update(
            result,
            document,
            self.settings_of(uri),
            accepted=accepted,
            extra=self.selections.get(uri, ()),
        )

    def rescore_all(self) -> None:
        """Settings or the model have changed: look at every open document anew; known texts cost nothing."""
        for uri in self.documents.open_uris():
            settings = self.settings_of(uri)
            if uri in self.results or settings.run is not RunMode.MANUAL:
                self.scheduler.schedule(uri, 0.0)

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
        self.rescore_all()
        self.refresh_decorations()

    def refresh_decorations(self) -> None:
        """Ask the client to fetch lenses and hints again, where it can be asked."""
        if self.client.refresh_code_lens:
            self.protocol.ask(types.WORKSPACE_CODE_LENS_REFRESH, None)
        if self.client.refresh_inlay_hints:
            self.protocol.ask(types.WORKSPACE_INLAY_HINT_REFRESH, None)

    # -- telling the user ---------------------------------------------------------------------------------

    def show(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Show one line to the user."""
        self.window_show_message(types.ShowMessageParams(type=kind, message=f"CodeOrigin: {message}"))

    def show_once(self, message: str, kind: types.MessageType) -> None:
        """Show a line unless it was shown before."""
        if message not in self._shown:
            self._shown.add(message)
            self.show(message, kind)

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

    # -- scheduler ----------------------------------------------------------------------------------------

    def _work(self, uri: str) -> _Work | None:
        snapshot = self.documents.snapshot(uri)
        if snapshot is None:
            return None
        return _Work(snapshot, self.settings_of(uri), self.folder_path(uri))

    def _analyze(self, work: _Work, token: CancelToken) -> Result:
        """In the worker."""
        snapshot = work.snapshot
        reason = skip_reason(snapshot, work.settings, work.folder)
        if reason is not None or snapshot.language is None:
            return Result(snapshot, None, "", reason)
        analyzer = self.engine.analyzer()
        report = analyzer.analyze(snapshot.text, snapshot.language.id, path=snapshot.path, cancel=token)
        return Result(snapshot, report, analyzer.model_id)

    def _deliver(self, uri: str, _: _Work, result: Result) -> None:
        self.results[uri] = result
        if result.skipped is not None:
            logger.info("a document is not scored: %s", result.skipped)
            if result.skipped.startswith("larger"):
                self.window_log_message(
                    types.LogMessageParams(
                        type=types.MessageType.Info,
                        message=f"CodeOrigin: {uri}: not scored: {result.skipped}",
                    )
                )
        self.refresh_findings(uri)

    def _failed(self, uri: str, error: Exception) -> None:
        if isinstance(error, ModelError):
            self._model_failed(error)
        elif isinstance(error, CodeOriginError):
            self.show_once(str(error), types.MessageType.Error)
        else:
            logger.error("scoring a document failed", exc_info=error)
            self.show_once(
                f"scoring a document failed ({type(error).__name__}); the log says where",
                types.MessageType.Error,
            )

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
                self._model_failed(error)
        self.status.changed()

    def _model_failed(self, error: ModelError) -> None:
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
            "pending": self.scheduler.pending,
            "positionEncoding": self.documents.encoding.value,
            "diagnostics": "pull" if self.publisher.pull else "push",
        }
