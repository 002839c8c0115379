"""Open documents with LSP's line rule.

pygls splits lines with ``str.splitlines``, which also ends them at form feeds, U+2028 and others; an edit
after one of those would be applied to the wrong line. Its classes are therefore replaced here.
"""

import logging
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lsprotocol import types
from pygls.workspace import TextDocument, Workspace

from codeorigin.core.errors import LanguageError
from codeorigin.functions.notebooks import cell_language
from codeorigin.languages import Language, get_language, language_for_path
from codeorigin.lsp.documents.document_state import DocumentState
from codeorigin.lsp.documents.snapshot import UNNAMED, Positions, Snapshot, guessed, path_of_uri
from codeorigin.past.place import repository_folder
from codeorigin.text.positions import LineIndex, PositionEncoding

logger = logging.getLogger(__name__)


Position = tuple[int, int]
"""Line, and column in units of the client's encoding, both 0-based."""


def split_lines(text: str) -> list[str]:
    """The lines of ``text`` with their line endings; the last one has none and may be empty."""
    index = LineIndex(text)
    starts = [index.line_start(line) for line in range(index.line_count)]
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


class EditedText:
    """The lines of a text. An editor sends an edit for each of its cursors, so none may cost as much as the text."""

    def __init__(self, text: str, encoding: PositionEncoding) -> None:
        self._lines = split_lines(text)
        self._encoding = encoding

    @property
    def text(self) -> str:
        return "".join(self._lines)

    def replace(self, start: Position, end: Position, text: str) -> None:
        """Put ``text`` in place of what is between two positions.

        Positions outside the text are clamped, and an end before the start counts as the start.
        """
        first, column = self._clamped(start)
        last, end_column = max((first, column), self._clamped(end))
        new = self._lines[first][:column] + text + self._lines[last][end_column:]
        from_line = first
        if first and new.startswith("\n") and self._lines[first - 1].endswith("\r"):
            from_line = first - 1  # the two characters become one line ending
            new = self._lines[from_line] + new
        lines = split_lines(new)
        if last < len(self._lines) - 1:
            lines.pop()  # the empty one before the line that follows
        self._lines[from_line : last + 1] = lines

    def _clamped(self, place: Position) -> Position:
        """The nearest line, and the column in code points."""
        line, units = place
        if line < 0:
            return 0, 0
        if line >= len(self._lines):
            return len(self._lines) - 1, len(self._lines[-1])
        return line, LineIndex(self._lines[line]).units_to_column(0, units, self._encoding)


def encoding_of(kind: types.PositionEncodingKind | str | None) -> PositionEncoding:
    """The negotiated encoding; LSP's default is UTF-16."""
    return PositionEncoding(getattr(kind, "value", kind) or PositionEncoding.UTF16)


class SourceDocument(TextDocument):
    """An open text document whose lines end at ``\\n``, ``\\r\\n`` and ``\\r`` and nowhere else.

    ``uri`` is spelled as the client does. ``notebook`` is the URI of the notebook that a cell belongs to. ``folder`` is
    the URI of the innermost workspace folder that contains the document; the workspace maintains it. ``state`` is what
    the server knows about the document.
    """

    def __init__(self, uri: str, **options: Any) -> None:
        # The library fails on URIs that are broken.
        super().__init__(uri if path_of_uri(uri) else "untitled:", **options)
        self.uri = uri
        self.notebook: str | None = None
        self.folder: str | None = None
        self.state = DocumentState()
        self._edited: EditedText | None = None
        self._snapshot: Snapshot | None = None
        self._guessed: Language | None = None

    @property
    def source(self) -> str:
        """The text as the client has it; never read from disk."""
        if self._edited is not None:
            self._source, self._edited = self._edited.text, None
        return self._source or ""

    @property
    def lines(self) -> Sequence[str]:
        """The lines with their line endings, for pygls's own helpers."""
        return split_lines(self.source)

    @property
    def newest_version(self) -> int:
        return self.version or 0

    @property
    def file(self) -> Path | None:
        """The file that holds the document, for a cell the notebook; None for virtual documents."""
        path = path_of_uri(self.notebook or self.uri)
        return Path(path) if path is not None else None

    @property
    def root(self) -> Path | None:
        path = path_of_uri(self.folder) if self.folder is not None else None
        return Path(path) if path is not None else None

    @property
    def repository(self) -> Path | None:
        return None if self.file is None else repository_folder(self.file.parent)

    def snapshot(self) -> Snapshot:
        known = self._snapshot
        if known is not None and known.version == self.newest_version:
            return known
        text, path = self.source, path_of_uri(self.notebook or self.uri)
        language = _language(self.language_id, path or re.split("[?#]", self.uri)[0])
        unnamed = language is None and (self.language_id or "").lower() in UNNAMED and _is_untitled(self.uri)
        if unnamed:
            # A guess is kept until there is another one or no text: near the threshold, it would come and go while
            # the user types.
            language = self._guessed = guessed(text) or (self._guessed if text.strip() else None)
        is_cell = self.notebook is not None
        self._snapshot = Snapshot(
            uri=self.uri,
            version=self.newest_version,
            text=text,
            positions=Positions(LineIndex(text), encoding_of(self._position_codec.encoding)),
            language=cell_language(text, language) if is_cell else language,
            path=path,
            unnamed=unnamed,
            is_cell=is_cell,
        )
        return self._snapshot

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        if isinstance(change, types.TextDocumentContentChangePartial):
            if self._edited is None:
                self._edited = EditedText(self.source, encoding_of(self._position_codec.encoding))
            start, end = change.range.start, change.range.end
            self._edited.replace((start.line, start.character), (end.line, end.character), change.text)
        else:
            self._source, self._edited = change.text, None
        self._snapshot = None


class SourceWorkspace(Workspace):
    closed: Callable[[SourceDocument], None] = staticmethod(lambda _: None)
    """Called with a document that is not open any more."""

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> SourceDocument:
        return SourceDocument(
            doc_uri,
            source=source or "",
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self._position_codec,
        )

    def put_text_document(
        self, text_document: types.TextDocumentItem, notebook_uri: str | None = None
    ) -> None:
        """Add an open document, or open one again."""
        if self.find(text_document.uri) is not None:
            self.remove_text_document(text_document.uri)
        super().put_text_document(text_document, notebook_uri)
        document = self.find(text_document.uri)
        assert document is not None, "it was put there"
        document.notebook = notebook_uri
        document.folder = self.folder_of(document.file)

    def remove_text_document(self, doc_uri: str) -> None:
        document = self.find(doc_uri)
        super().remove_text_document(doc_uri)
        if document is not None:
            self.closed(document)

    def add_folder(self, folder: types.WorkspaceFolder) -> None:
        super().add_folder(folder)
        self._find_folders()

    def remove_folder(self, folder_uri: str) -> None:
        super().remove_folder(folder_uri)
        self._find_folders()

    def update_text_document(
        self, text_doc: types.VersionedTextDocumentIdentifier, change: types.TextDocumentContentChangeEvent
    ) -> None:
        """Apply an edit; one of a document that is not open is ignored."""
        if self.find(text_doc.uri) is None:
            logger.warning("an edit of a document that is not open was ignored")
        else:
            super().update_text_document(text_doc, change)

    def update_notebook_document(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Apply a notebook's change.

        A cell whose language has changed is closed and opened in the same change. The library opens cells first and
        then closes them, which would lose such a cell, so it is opened again here.
        """
        if self.get_notebook_document(notebook_uri=params.notebook_document.uri) is None:
            logger.warning("an edit of a notebook that is not open was ignored")
            return
        super().update_notebook_document(params)
        cells = params.change.cells
        structure = cells.structure if cells is not None else None
        for cell in structure.did_open or () if structure is not None else ():
            if self.find(cell.uri) is None:
                self.put_text_document(cell, notebook_uri=params.notebook_document.uri)

    @property
    def encoding(self) -> PositionEncoding:
        """The encoding in which the client counts columns."""
        return encoding_of(self.position_encoding)

    def find(self, uri: str) -> SourceDocument | None:
        """The open document, or None; never reads from disk."""
        document = self.text_documents.get(unquote(uri))
        return document if isinstance(document, SourceDocument) else None

    def opened(self) -> list[SourceDocument]:
        """All open documents and cells."""
        return [document for document in self.text_documents.values() if isinstance(document, SourceDocument)]

    def folder_uris(self) -> list[str]:
        return [folder.uri for folder in self.folders.values()]

    def folder_of(self, file: Path | None) -> str | None:
        """URI of the innermost workspace folder that contains ``file``."""
        roots = {uri: path_of_uri(uri) for uri in self.folder_uris()}
        holding = [
            (len(root), uri) for uri, root in roots.items() if file and root and file.is_relative_to(root)
        ]
        return max(holding, default=(0, None))[1]

    def _find_folders(self) -> None:
        for document in self.opened():
            document.folder = self.folder_of(document.file)


def _language(language_id: str | None, path: str) -> Language | None:
    """The language by the client's language id, else by the file name, else None."""
    try:
        return get_language(language_id or "")
    except LanguageError:
        return language_for_path(path)


def _is_untitled(uri: str) -> bool:
    """Whether a document is in no file: its scheme is another one, or its URI has no path."""
    return not uri.lower().startswith("file:") or uri[5:].strip("/") == ""
