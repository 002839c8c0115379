"""One client's session: its documents, their settings and results. Everything here runs on the event loop."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from codeorigin.lsp.connection.client import Client
from codeorigin.lsp.documents.configuration import Configuration
from codeorigin.lsp.documents.documents import SourceDocument, SourceWorkspace, path_of_uri
from codeorigin.lsp.scoring.changed_files import ScanFolder
from codeorigin.lsp.scoring.document_state import DocumentState
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.explanation_jobs import ExplanationJobs
from codeorigin.lsp.scoring.pasts import Pasts
from codeorigin.lsp.scoring.repository_facts import RepositoryFacts
from codeorigin.lsp.scoring.scored_document import Key, Result, ScoringJob
from codeorigin.model.past import Past
from codeorigin.settings.accepted_findings import AcceptedFindings, accepted_file
from codeorigin.settings.schema import Settings


class Session:
    """The state that the features share. Only the two workers have threads; they get immutable requests.

    ``documents`` returns the workspace and may be called after ``initialize``. ``uri`` is always a URI as the client
    spells it.
    """

    def __init__(
        self, client: Client, documents: Callable[[], SourceWorkspace], model_dir: Path | None
    ) -> None:
        self.client = client
        self._documents = documents
        self.model_dir = model_dir
        self.configuration = Configuration()
        self.configured = asyncio.Event()
        self.asked_settings: asyncio.Future[Any] | None = None
        """The client's newest answer about its settings."""
        self._accepted: dict[Path, AcceptedFindings] = {}
        self._accepted_ids: dict[Path, frozenset[str]] = {}
        self.engine = ScoringEngine(model_dir)
        self.model_requested = False
        self.facts = RepositoryFacts()
        self.pasts = Pasts(self.engine, self.facts)
        self.explanations = ExplanationJobs(self.engine, client.start_progress)
        self._states: dict[str, DocumentState] = {}
        self.stopped = False

    # -- documents ----------------------------------------------------------------------------------------

    @property
    def documents(self) -> SourceWorkspace:
        """The open documents."""
        return self._documents()

    def document(self, uri: str) -> SourceDocument | None:
        """The open document, or None."""
        return self.documents.find(uri)

    def folder_path(self, uri: str) -> Path | None:
        """The workspace folder of a document on disk."""
        folder = self.documents.folder_of(uri)
        path = path_of_uri(folder) if folder is not None else None
        return Path(path) if path else None

    def folders(self) -> dict[str, ScanFolder]:
        """The workspace folders on disk by URI.

        A file has the settings of the innermost folder that contains it, whether it is open or not.
        """
        paths = {uri: Path(path) for uri in self.documents.folder_uris() if (path := path_of_uri(uri))}
        return {
            uri: ScanFolder(
                path,
                self.configuration.of(uri),
                tuple(inner for inner in paths.values() if path in inner.parents),
            )
            for uri, path in paths.items()
        }

    # -- settings -----------------------------------------------------------------------------------------

    def settings_of(self, uri: str) -> Settings:
        """The settings of a document."""
        return self.configuration.of(self.documents.folder_of(uri))

    def accepted_of(self, uri: str) -> AcceptedFindings | None:
        """The accepted findings of the document's folder; None outside of all folders."""
        path = self.folder_path(uri)
        if path is None:
            return None
        name = self.settings_of(uri).baseline
        file = accepted_file(path, name) or path / name
        return self._accepted.setdefault(file, AcceptedFindings(file.parent, file.name))

    def accepted(self, uri: str) -> frozenset[str]:
        """Ids of the accepted functions in the document's folder."""
        path = self.folder_path(uri)
        if path is None:
            return frozenset()
        if path not in self._accepted_ids and (findings := self.accepted_of(uri)) is not None:
            self._accepted_ids[path] = findings.ids()
            problems = [findings.problem] if findings.problem else []
            self.client.show_problems(f"accepted findings in {path}", problems)
        return self._accepted_ids[path]

    def forget_accepted(self) -> None:
        """Read the files of accepted findings again, because they may have changed."""
        self._accepted_ids.clear()

    @property
    def wants_status(self) -> bool:
        """Whether the client is sent ``codeorigin/status``."""
        return self.configured.is_set() and self.configuration.everywhere.status_notifications

    # -- results ------------------------------------------------------------------------------------------

    def state(self, uri: str) -> DocumentState:
        """The state of an open document."""
        document = self.document(uri)
        key = uri if document is None else document.uri
        if key not in self._states:
            self._states[key] = DocumentState()
        return self._states[key]

    def forget(self, uri: str) -> DocumentState | None:
        """End all work on a document that was closed, and return its last state."""
        self.explanations.cancel(uri)
        state = self._states.pop(uri, None)
        if state is not None:
            state.stop()
        return state

    def request(self, uri: str) -> ScoringJob | None:
        """Everything that scoring the document as it is now needs; None if it is closed.

        If its newest text waits for a save, the text that was scored before.
        """
        snapshot = self.documents.snapshot(uri)
        if snapshot is None:
            return None
        state = self.state(uri)
        if state.waits_for_save and state.result is not None:
            snapshot = state.result.snapshot
        settings, folder = self.settings_of(uri), self.folder_path(uri)
        past = self.past(uri)
        return ScoringJob(snapshot, settings, folder, self.engine.model, past)

    def key(self, uri: str) -> Key | None:
        """The key of :meth:`request`, which is cheap."""
        document = self.document(uri)
        if document is None:
            return None
        state, version = self.state(uri), document.version or 0
        if state.waits_for_save and state.result is not None:
            version = state.result.version
        settings, past = self.configuration.of(document.folder), self.past(uri)
        return version, settings, self.engine.model, past

    def past(self, uri: str) -> Past | None:
        """The past that an open document is judged with, as far as it is known."""
        return self.pasts.known(self.state(uri).repository)

    def result(self, uri: str) -> Result | None:
        """The newest result of an open document, maybe of an older version."""
        document = self.document(uri)
        state = None if document is None else self._states.get(document.uri)
        return None if state is None else state.result

    def current_result(self, uri: str) -> Result | None:
        """The result for the current text, if there is one."""
        result, document = self.result(uri), self.document(uri)
        is_current = result is not None and document is not None and result.version == (document.version or 0)
        return result if is_current else None

    @property
    def pending(self) -> int:
        """Number of documents that are waiting to be scored or being scored, and of other work on them."""
        return sum(state.pending for state in self._states.values()) + self.pasts.is_reading

    def stop(self) -> None:
        """Cancel everything that runs or waits."""
        self.stopped = True
        for state in self._states.values():
            state.stop()
        self.engine.stop()
