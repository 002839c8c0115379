"""One client's session: its open documents, their settings, and their scoring and results."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from codeorigin.errors import CodeOriginError, ModelError
from codeorigin.lsp.connection.client import Client
from codeorigin.lsp.documents.documents import SourceWorkspace
from codeorigin.lsp.documents.eligibility import SkipReason
from codeorigin.lsp.documents.open_documents import OpenDocuments
from codeorigin.lsp.presentation.file_verdicts import FileVerdicts
from codeorigin.lsp.presentation.publisher import Publisher
from codeorigin.lsp.scoring.commit_scope import CommitScopes
from codeorigin.lsp.scoring.document_scorer import DocumentScorer
from codeorigin.lsp.scoring.explanation_jobs import ExplanationJobs
from codeorigin.lsp.scoring.model_loader import ModelLoader
from codeorigin.lsp.scoring.scored_document import Key, Pass, Result
from codeorigin.lsp.scoring.worker import Priority, WorkerThread
from codeorigin.settings.schema import RunMode, Scope, Settings

if TYPE_CHECKING:
    from codeorigin.lsp.scoring.workspace_scan import Scanner

logger = logging.getLogger(__name__)


class Session(OpenDocuments):
    """State shared by the handlers. Everything here runs on the event loop; only the workers have threads."""

    def __init__(
        self, client: Client, documents: Callable[[], SourceWorkspace], model_dir: Path | None
    ) -> None:
        super().__init__(documents, client.show_problems)
        self.client = client
        self._model_dir = model_dir
        self.configured = asyncio.Event()
        self.loader = ModelLoader(model_dir)
        self.worker = WorkerThread()
        self.publisher = Publisher(client.publish)
        self.explanations = ExplanationJobs(self.worker, self.loader, client.start_progress)
        self.scorer = DocumentScorer(
            self.worker,
            self.loader,
            begin=self._begin,
            key=self._key,
            deliver=self._deliver,
            failed=self._failed,
        )
        self.git = WorkerThread()
        """Runs git, which may be slow, in its own thread, so that nothing else waits for it."""
        self.commits = CommitScopes(self.worker, self.git, self.loader, self._commits_changed)
        self._waiting: set[str] = set()
        """Documents whose newest text is not scored before a save or a request, as the settings say."""
        self.selections: dict[str, tuple[types.Diagnostic, ...]] = {}
        """Answers to "Rescore selection", shown until the next edit."""
        self.model_requested = False
        self._file_verdicts = FileVerdicts(client.notify)
        self._scanner: Scanner | None = None

    def stop(self) -> None:
        """Cancel everything that runs or waits."""
        self.scorer.cancel_all()
        self.commits.stop()
        self.git.stop(0)
        self.worker.stop(0)

    # -- files that are not open --------------------------------------------------------------------------

    def withdraw_outside(self) -> None:
        """Withdraw the findings in files that are no longer in any workspace folder, except open ones."""
        self.publisher.withdraw(lambda uri: self.documents.folder_of(uri) is None and not self.is_open(uri))

    @property
    def scanner(self) -> "Scanner":
        """Scores files that are not open; shared by all scans, so that it knows which files are unchanged."""
        # Imported on first use, to keep the server's startup fast.
        from codeorigin.lsp.scoring.workspace_scan import Scanner  # noqa: PLC0415

        if self._scanner is None:
            self._scanner = Scanner(self.worker, self.loader, self.documents.encoding)
        return self._scanner

    # -- settings -----------------------------------------------------------------------------------------

    def files_watched(self) -> None:
        """Stop checking project files on every edit, because the client now reports their changes."""
        self._watches_files = True
        # Otherwise changes from before the client began to watch would go unnoticed.
        if any(self.configuration.is_stale(folder.uri) for folder in self.documents.folders.values()):
            self.reconfigure()

    def reconfigure(self) -> None:
        """Recompute the settings from all layers, and act on what changed."""
        self._accepted.forget()
        self.configuration.rebuild([folder.uri for folder in self.documents.folders.values()])
        self.client.show_problems("settings", self.configuration.problems)
        if not self.configured.is_set():
            return
        everywhere = self.configuration.everywhere
        if everywhere.enable:
            self._load_model(everywhere.model_path)
        self._score_again()
        self.client.refresh_decorations()

    @property
    def wants_status(self) -> bool:
        """Whether the client is sent ``codeorigin/status`` and ``codeorigin/fileVerdict``."""
        return self.configured.is_set() and self.configuration.everywhere.status_notifications

    def _load_model(self, setting: str | None) -> None:
        """Load the model that the settings name, unless it was already requested."""
        chosen = self._model_dir or (Path(setting).expanduser() if setting else None)
        if not self.loader.choose(chosen) and self.model_requested:
            return
        self.model_requested = True
        self.worker.submit(self.loader.analyzer, priority=Priority.MODEL).add_done_callback(
            self._model_loaded
        )

    def _model_loaded(self, loading: asyncio.Future[Any]) -> None:
        error = None if loading.cancelled() else loading.exception()
        if isinstance(error, ModelError):
            self.client.show_once(str(error), types.MessageType.Error)

    # -- what happens to documents ------------------------------------------------------------------------

    def touched(self, uri: str, *, edited: bool) -> None:
        """A document was opened or saved, or (``edited``) its text has changed."""
        document = self.document(uri)
        if document is None or not self.configured.is_set():
            return  # all open documents are scored once the settings are known
        uri = document.uri
        if not self._watches_files and self.configuration.is_stale(document.folder):
            self.reconfigure()
        settings = self.configuration.of(document.folder)
        if edited:
            self.explanations.cancel(uri)
            self.selections.pop(uri, None)
            self.publisher.edited(uri)
        else:
            document.edited_lines = ()  # a save ends the quiet time near the caret
            self._look_at_commits(uri, settings)
        if settings.run is RunMode.ON_TYPE or (settings.run is RunMode.ON_SAVE and not edited):
            self._waiting.discard(uri)
            self.scorer.schedule(uri, settings.debounce / 1000 if edited else 0.0)
        elif edited:
            self._waiting.add(uri)
            self.scorer.cancel(uri)

    def closed(self, uri: str) -> None:
        """A document was closed: forget it, and clear what the client shows."""
        self.scorer.forget(uri)
        self._waiting.discard(uri)
        self.commits.forget(uri)
        self.explanations.cancel(uri)
        self.selections.pop(uri, None)
        self.publisher.clear(uri)
        self._file_verdicts.forget(uri)

    def _look_at_commits(self, uri: str, settings: Settings) -> None:
        """Refresh the evidence from commits, or drop it if the settings or the document do not allow it."""
        snapshot = self.documents.snapshot(uri) if settings.scope is Scope.COMMIT else None
        if snapshot is None or snapshot.path is None or snapshot.language is None or snapshot.is_cell:
            self.commits.forget(uri)
        elif settings.run is not RunMode.MANUAL or uri in self.scorer.results:
            self.commits.refresh(uri, Path(snapshot.path), snapshot.language)

    def _commits_changed(self, uri: str) -> None:
        document, result = self.document(uri), self.result(uri)
        if document is None:
            return
        is_scored = result is not None and result.version == (document.version or 0)
        # Later edits are not scored before a save, if the settings say so.
        if is_scored or self.scorer.is_busy(uri) or self.settings_of(uri).run is RunMode.ON_TYPE:
            self.scorer.schedule(uri, 0.0)

    def _score_again(self) -> None:
        """Rescore all open documents after settings or the model changed; cached texts cost nothing."""
        for uri in self.documents.open_uris():
            run = self.settings_of(uri).run
            self._look_at_commits(uri, self.settings_of(uri))
            if run is RunMode.ON_TYPE:
                self._waiting.discard(uri)
            if uri in self.scorer.results or (run is not RunMode.MANUAL and uri not in self._waiting):
                self.scorer.schedule(uri, 0.0)

    # -- results ------------------------------------------------------------------------------------------

    async def scored(self, uri: str) -> Result | None:
        """The result for the current text, settings and model, computed now if necessary.

        None if the document is not open, or if it could not be scored, in which case the user was notified.
        """
        await self.configured.wait()
        while (document := self.document(uri)) is not None:
            self._waiting.discard(document.uri)
            result = self.result(document.uri)
            if result is not None and result.done.key == self._key(document.uri):
                return result
            if self.loader.error is not None and not self.scorer.is_busy(document.uri):
                return None
            if not await self.scorer.score_now(document.uri):
                return None
        return None

    async def settled(self, uri: str) -> Result | None:
        """The newest result, once no pass over ``uri`` is waiting or running; does not start one."""
        await self.configured.wait()
        document = self.document(uri)
        if document is None:
            return None
        await self.scorer.settled(document.uri)
        return self.result(document.uri)

    def result(self, uri: str) -> Result | None:
        """The newest result of an open document, maybe of an older version; ``uri`` as the client spells it."""
        return self.scorer.results.get(uri)

    def is_current(self, result: Result) -> bool:
        """Whether ``result`` is for the document's current text."""
        document = self.document(result.snapshot.uri)
        return document is not None and result.version == (document.version or 0)

    def refresh_findings(self, uri: str) -> None:
        """Bring the client's diagnostics of an open document up to date with its result."""
        result, document = self.result(uri), self.document(uri)
        if result is not None and document is not None:
            extra = self.selections.get(uri, ())
            self.publisher.update(result, document, accepted=self.accepted(uri), extra=extra)

    def accepted_more(self) -> None:
        """Remove newly accepted findings from the client."""
        self._accepted.forget()
        for uri in self.documents.open_uris():
            self.refresh_findings(uri)

    # -- one pass over a document -------------------------------------------------------------------------

    def _begin(self, uri: str) -> Pass | None:
        snapshot = self.documents.snapshot(uri)
        if snapshot is None:
            return None
        if uri in self._waiting and (known := self.result(uri)) is not None:
            snapshot = known.snapshot
        return Pass(
            snapshot,
            self.settings_of(uri),
            self.folder_path(uri),
            self.loader.generation,
            self.commits.of(uri),
        )

    def _key(self, uri: str) -> Key | None:
        document = self.document(uri)
        if document is None:
            return None
        known = self.result(document.uri) if document.uri in self._waiting else None
        return (
            (document.version or 0) if known is None else known.version,
            self.configuration.of(document.folder),
            self.loader.generation,
            self.commits.of(document.uri).number,
        )

    def _deliver(self, result: Result, before: Result | None) -> None:
        uri = result.snapshot.uri
        known = None if before is None else before.skipped
        if result.skipped is not None and (known is None or known.reason is not result.skipped.reason):
            logger.info("a document is not scored: %s", result.skipped)
            if result.skipped.reason is SkipReason.TOO_LARGE:
                self.client.log(f"{uri}: not scored: {result.skipped}")
        if self.wants_status:
            self._file_verdicts.tell(result)
        self.refresh_findings(uri)
        settings = result.settings
        is_late = settings.run is not RunMode.ON_TYPE and (before is None or before.version != result.version)
        if is_late or (before is not None and result.moves(before)):
            # Clients fetch lenses and hints again only after an edit.
            self.client.refresh_decorations(lenses=settings.code_lens, hints=settings.inlay_hints)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, CodeOriginError):
            message = str(error)
        else:
            logger.error("scoring a document failed", exc_info=error)
            message = f"scoring a document failed ({type(error).__name__}); the log says where"
        self.client.show_once(message, types.MessageType.Error)
