"""Which documents are scored when, and what becomes of the results."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from codeorigin.cancellation import CancelToken
from codeorigin.errors import CodeOriginError, ModelError
from codeorigin.lsp.documents.documents import Snapshot, SourceDocument
from codeorigin.lsp.documents.eligibility import skip_reason
from codeorigin.lsp.scoring.scheduler import Scheduler
from codeorigin.lsp.scoring.scored_document import Result
from codeorigin.settings.schema import RunMode, Settings
from codeorigin.source.literal_text import plain_message

if TYPE_CHECKING:
    from codeorigin.lsp.server import CodeOriginServer

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Work:
    """All that the worker needs to score a document; taken on the event loop."""

    snapshot: Snapshot
    settings: Settings
    folder: Path | None

    @property
    def version(self) -> int:
        return self.snapshot.version


class Scoring:
    """The results of the open documents, kept up to date by the settings' rules. On the event loop."""

    def __init__(self, server: CodeOriginServer) -> None:
        self._server = server
        self._scheduler: Scheduler[_Work, Result] = Scheduler(
            server.worker,
            snapshot=self._work,
            analyze=self._analyze,
            deliver=self._deliver,
            failed=self._failed,
        )
        self.results: dict[str, Result] = {}
        self.selections: dict[str, tuple[types.Diagnostic, ...]] = {}
        """Answers to "Rescore selection", shown until the next edit."""

    @property
    def pending(self) -> int:
        """Documents that wait to be scored or are being scored."""
        return self._scheduler.pending

    def cancel_all(self) -> None:
        """Stop the work on every document."""
        self._scheduler.cancel_all()

    def touched(self, uri: str, *, edited: bool) -> None:
        """A document was opened or saved, or (``edited``) its text has changed."""
        document = self._server.document(uri)
        if document is None or not self._server.configured.is_set():
            return  # all open documents are scored once the settings are known
        uri = document.uri
        if self._server.configuration.is_stale(self._server.documents.folder_of(uri)):
            self._server.reconfigure()
        settings = self._server.settings_of(uri)
        if edited:
            self._server.explanations.cancel(uri)
            self.selections.pop(uri, None)
            self._server.publisher.edited(uri)
        else:
            document.edited_lines = None  # a save ends the typing, and with it the quiet near the caret
        if settings.run is RunMode.ON_TYPE or (settings.run is RunMode.ON_SAVE and not edited):
            self._scheduler.schedule(uri, settings.debounce / 1000 if edited else 0.0)
        elif edited:
            self._scheduler.cancel(uri)

    def closed(self, uri: str) -> None:
        """A document was closed: forget it, and clear what the client shows."""
        self._scheduler.cancel(uri)
        self._server.explanations.cancel(uri)
        self.results.pop(uri, None)
        self.selections.pop(uri, None)
        self._server.publisher.clear(uri)
        self._server.forget_file_verdict(uri)

    async def scored(self, uri: str) -> Result | None:
        """The result for the present text, scored now if need be; None when the document is not open."""
        await self._server.configured.wait()
        while (document := self._server.document(uri)) is not None:
            asked = self._key(document)
            result = self.results.get(document.uri)
            if result is not None and (result.version, result.file_context) == asked:
                return result
            if self._server.engine.error is not None and not self._scheduler.is_busy(document.uri):
                return None
            if self._scheduler.is_busy(document.uri):
                self._scheduler.hurry(document.uri)
            else:
                self._scheduler.schedule(document.uri, 0.0)
            await self._scheduler.settled(document.uri)
            result = self.results.get(document.uri)
            made = (result.version, result.file_context) if result is not None else None
            if made != asked and asked == self._key(document):
                return None  # it could not be scored, and the user was told why
        return None

    def _key(self, document: SourceDocument) -> tuple[int, bool]:
        """What a result for the document's present text and settings is known by."""
        return document.version or 0, self._server.settings_of(document.uri).file_context

    async def settled(self, uri: str) -> Result | None:
        """The newest result once no scoring of ``uri`` is under way; starts none."""
        await self._server.configured.wait()
        document = self._server.document(uri)
        if document is None:
            return None
        await self._scheduler.settled(document.uri)
        return self.results.get(document.uri)

    def refresh_findings(self, uri: str) -> None:
        """Bring the client's diagnostics of an open document up to date with its result."""
        result = self.results.get(uri)
        document = self._server.document(uri)
        if result is None or document is None:
            return
        findings = self._server.accepted_findings_of(uri)
        accepted = findings.ids() if findings is not None else frozenset()
        if findings is not None and findings.problem:
            self._server.show_once(findings.problem, types.MessageType.Warning)
        self._server.publisher.update(
            result,
            document,
            self._server.settings_of(uri),
            accepted=accepted,
            extra=self.selections.get(uri, ()),
        )

    def again(self) -> None:
        """Settings or the model have changed: look at every open document anew; known texts cost nothing."""
        for uri in self._server.documents.open_uris():
            settings = self._server.settings_of(uri)
            if uri in self.results or settings.run is not RunMode.MANUAL:
                self._scheduler.schedule(uri, 0.0)

    def _work(self, uri: str) -> _Work | None:
        snapshot = self._server.documents.snapshot(uri)
        if snapshot is None:
            return None
        return _Work(snapshot, self._server.settings_of(uri), self._server.folder_path(uri))

    def _analyze(self, work: _Work, token: CancelToken) -> Result:
        """In the worker."""
        snapshot, in_file = work.snapshot, work.settings.file_context
        reason = skip_reason(snapshot, work.settings, work.folder)
        if reason is not None or snapshot.language is None:
            return Result(snapshot, None, "", reason, in_file)
        analyzer = self._server.engine.analyzer()
        report = analyzer.analyze(
            snapshot.text, snapshot.language.id, path=snapshot.path, file_context=in_file, cancel=token
        )
        return Result(snapshot, report, analyzer.model_id, file_context=in_file)

    def _deliver(self, uri: str, work: _Work, result: Result) -> None:
        before = self.results.get(uri)
        self.results[uri] = result
        if result.skipped is not None:
            logger.info("a document is not scored: %s", result.skipped)
            if result.skipped.startswith("larger"):
                self._server.window_log_message(
                    types.LogMessageParams(
                        type=types.MessageType.Info,
                        message=plain_message(f"CodeOrigin: {uri}: not scored: {result.skipped}"),
                    )
                )
        self.refresh_findings(uri)
        self._server.tell_file_verdict(result)
        if before is not None and result.moves(before):
            # Clients fetch lenses and hints anew where they see an edit, which these functions had not.
            self._server.refresh_decorations(lenses=work.settings.code_lens, hints=work.settings.inlay_hints)

    def _failed(self, uri: str, error: Exception) -> None:
        if isinstance(error, ModelError):
            self._server.model_failed(error)
        elif isinstance(error, CodeOriginError):
            self._server.show_once(str(error), types.MessageType.Error)
        else:
            logger.error("scoring a document failed", exc_info=error)
            self._server.show_once(
                f"scoring a document failed ({type(error).__name__}); the log says where",
                types.MessageType.Error,
            )
