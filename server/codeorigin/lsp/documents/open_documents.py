"""The client's open documents, with their settings and accepted findings."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pygls import uris

from codeorigin.lsp.documents.accepted import AcceptedInFolders
from codeorigin.lsp.documents.documents import SourceDocument, SourceWorkspace
from codeorigin.lsp.settings.layers import Configuration
from codeorigin.settings.accepted_findings import AcceptedFindings
from codeorigin.settings.schema import Settings


class OpenDocuments:
    """Open documents by URI, as the client spells it.

    ``documents`` returns the workspace and may be called after ``initialize``. ``show_problems`` tells the user what is
    wrong with a file of accepted findings now.
    """

    def __init__(
        self, documents: Callable[[], SourceWorkspace], show_problems: Callable[[str, Sequence[str]], None]
    ) -> None:
        self.configuration = Configuration()
        self._documents = documents
        self._accepted = AcceptedInFolders(show_problems)
        self._watches_files = False

    @property
    def documents(self) -> SourceWorkspace:
        """The open documents."""
        return self._documents()

    def document(self, uri: str) -> SourceDocument | None:
        """The open document, or None."""
        return self.documents.find(uri)

    def settings_of(self, uri: str) -> Settings:
        """The settings of a document."""
        return self.configuration.of(self.documents.folder_of(uri))

    def folder_path(self, uri: str) -> Path | None:
        """The workspace folder of a document on disk."""
        folder = self.documents.folder_of(uri)
        path = uris.to_fs_path(folder) if folder is not None else None
        return Path(path) if path else None

    def accepted_findings_of(self, uri: str) -> AcceptedFindings | None:
        """The accepted findings of the document's folder; None outside of all folders."""
        path = self.folder_path(uri)
        return None if path is None else self._accepted.of(path)

    def accepted(self, uri: str) -> frozenset[str]:
        """Ids of the accepted functions in the document's folder."""
        path = self.folder_path(uri)
        return frozenset() if path is None else self._accepted.ids(path, is_watched=self._watches_files)

    def is_open(self, uri: str) -> bool:
        """Whether the client has a file open, as a document or as the cells of a notebook."""
        return self.documents.get_notebook_document(notebook_uri=uri) is not None or (
            self.document(uri) is not None
        )
