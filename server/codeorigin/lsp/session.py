"""One client's session: its documents, their settings and results. Everything here runs on the event loop."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from pygls.exceptions import JsonRpcInvalidParams

from codeorigin.lsp.connection.client import Client
from codeorigin.lsp.connection.parameters import read
from codeorigin.lsp.documents.configuration import Configuration
from codeorigin.lsp.documents.documents import SourceDocument, SourceWorkspace
from codeorigin.lsp.documents.scored_document import Result, ScoringJob
from codeorigin.lsp.documents.snapshot import path_of_uri
from codeorigin.lsp.scoring.changed_files import ScanFolder
from codeorigin.lsp.scoring.engine import ScoringEngine
from codeorigin.lsp.scoring.explanation_jobs import ExplanationJobs
from codeorigin.lsp.scoring.pasts import Pasts
from codeorigin.lsp.scoring.repository_facts import RepositoryFacts
from codeorigin.settings.accepted_findings import AcceptedFindings, accepted_file
from codeorigin.settings.schema import Settings
from codeorigin.text.literal_text import plain_message


class Session:
    """The state that the handlers share. Only the workers have threads; they get immutable jobs.

    ``documents`` returns the workspace and may be called after ``initialize``. What is known of a document is in its
    ``state``.
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
        self._baselines: dict[Path, AcceptedFindings] = {}
        self.engine = ScoringEngine(model_dir)
        self.model_requested = False
        self.facts = RepositoryFacts()
        self.pasts = Pasts(self.engine, self.facts)
        self.explanations = ExplanationJobs(self.engine)
        self.stopped = False

    @property
    def documents(self) -> SourceWorkspace:
        return self._documents()

    def opened(self, uri: object) -> SourceDocument:
        """The open document that a command is for. Raises JsonRpcInvalidParams."""
        name = read(uri, str, "uri")
        document = self.documents.find(name)
        if document is None:
            raise JsonRpcInvalidParams(message=f"{plain_message(name)} is not open")
        return document

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

    def settings(self, document: SourceDocument) -> Settings:
        return self.configuration.of(document.folder)

    def baseline(self, folder: Path, settings: Settings) -> AcceptedFindings:
        file = accepted_file(folder, settings.baseline) or folder / settings.baseline
        return self._baselines.setdefault(file, AcceptedFindings(file.parent, file.name))

    def accepted(self, folder: Path | None, settings: Settings) -> frozenset[str]:
        """Ids of the accepted functions in a workspace folder, as its file is now."""
        if folder is None:
            return frozenset()
        findings = self.baseline(folder, settings)
        ids = findings.ids()
        problems = [findings.problem] if findings.problem else []
        self.client.show_problems(f"accepted findings in {folder}", problems)
        return ids

    @property
    def wants_status(self) -> bool:
        """Whether the client is sent ``codeorigin/status`` and ``codeorigin/documentStatus``."""
        return self.configured.is_set() and self.configuration.everywhere.status_notifications

    def job(self, document: SourceDocument) -> ScoringJob:
        """Everything that scoring the document as it is now needs.

        If its newest text waits for a save, the text that was scored before.
        """
        state = document.state
        snapshot = (
            state.result.snapshot
            if state.waits_for_save and state.result is not None
            else document.snapshot()
        )
        return ScoringJob(
            snapshot,
            self.settings(document),
            document.root,
            self.engine.model,
            self.pasts.known(state.past_repository),
            self.configuration.source_of_exclude(document.folder),
        )

    def current_result(self, document: SourceDocument) -> Result | None:
        result = document.state.result
        return result if result is not None and result.version == document.newest_version else None

    @property
    def pending(self) -> int:
        """Number of documents that are waiting to be scored or being scored, and of other work on them."""
        return sum(document.state.pending for document in self.documents.opened()) + self.pasts.is_reading

    def stop(self) -> None:
        self.stopped = True
        with suppress(RuntimeError):  # nothing is open before `initialize`
            for document in self.documents.opened():
                document.state.stop()
        self.engine.stop()
