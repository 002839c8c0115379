"""Open documents with LSP's line rule, positions in the negotiated encoding, and immutable snapshots.

pygls splits lines with ``str.splitlines``, which also ends them at form feeds, U+2028 and others; an edit
after one of those would be applied to the wrong line. Its classes are therefore replaced here.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from lsprotocol import types
from pygls import uris
from pygls.workspace import TextDocument, Workspace

from codeorigin.core.errors import LanguageError
from codeorigin.functions.notebooks import cell_language
from codeorigin.functions.spans import TextRange
from codeorigin.languages import Language, get_language, language_for_path
from codeorigin.lsp.documents.detected_language import UNNAMED, DetectedLanguage
from codeorigin.lsp.documents.edited_text import EditedText, split_lines
from codeorigin.text.positions import LineIndex, PositionEncoding


@dataclass(frozen=True, slots=True)
class Positions:
    """Converts between code point positions in one text and positions in the client's encoding."""

    index: LineIndex
    encoding: PositionEncoding

    def offset(self, position: types.Position) -> int:
        """Client position -> code point offset, clamped to the line and to the text."""
        if position.line >= self.index.line_count:
            return len(self.index.text)
        column = self.index.units_to_column(position.line, position.character, self.encoding)
        return self.index.position_to_offset(position.line, column)

    def position(self, line: int, column: int) -> types.Position:
        """Line and code point column -> client position."""
        return types.Position(line=line, character=self.index.column_to_units(line, column, self.encoding))

    def range(self, span: TextRange) -> types.Range:
        """``span`` as a client range."""
        return types.Range(
            start=self.position(span.start_line, span.start_column),
            end=self.position(span.end_line, span.end_column),
        )

    def first_line(self, span: TextRange) -> types.Range:
        """The first line of ``span`` as a client range."""
        if span.end_line == span.start_line:
            return self.range(span)
        end = len(self.index.line_text(span.start_line).rstrip())
        return types.Range(
            start=self.position(span.start_line, span.start_column),
            end=self.position(span.start_line, max(end, span.start_column)),
        )


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A document at one version, safe to pass to the worker.

    ``unnamed`` means that nobody tells the language, so ``language`` is guessed from the text, or None.
    """

    uri: str
    version: int
    text: str
    positions: Positions
    language: Language | None
    path: str | None
    unnamed: bool = False
    is_cell: bool = False
    """Whether it is a notebook cell; ``path`` is then the notebook's."""


def path_of_uri(uri: str) -> str | None:
    """The path of a file's URI; None for the URIs of virtual documents, and for those that are broken."""
    try:
        return uris.to_fs_path(uri) or None
    except ValueError:
        return None


def encoding_of(kind: types.PositionEncodingKind | str | None) -> PositionEncoding:
    """The negotiated encoding; LSP's default is UTF-16."""
    return PositionEncoding(getattr(kind, "value", kind) or PositionEncoding.UTF16)


class SourceDocument(TextDocument):
    """A text document whose lines end at ``\\n``, ``\\r\\n`` and ``\\r`` and nowhere else."""

    _index: LineIndex | None = None
    _edited: EditedText | None = None
    folder: str | None = None
    """URI of the innermost workspace folder that contains the document; maintained by the workspace."""
    _detected: DetectedLanguage | None = None

    @property
    def source(self) -> str:
        """The text as the client has it; never read from disk."""
        if self._edited is not None:
            self._source, self._edited = self._edited.text, None
        return self._source or ""

    @property
    def index(self) -> LineIndex:
        """The line index of the current text."""
        if self._index is None:
            self._index = LineIndex(self.source)
        return self._index

    @property
    def lines(self) -> Sequence[str]:
        """The lines with their line endings, for pygls's own helpers."""
        return split_lines(self.source)

    @property
    def positions(self) -> Positions:
        """Position conversions for the current text."""
        return Positions(self.index, encoding_of(self._position_codec.encoding))

    @property
    def detected_language(self) -> Language | None:
        """The language guessed from the current text, for documents whose client has no name for it."""
        if self._detected is None:
            self._detected = DetectedLanguage()
        return self._detected.of(self.source)

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        """Apply an incremental or a full change."""
        if isinstance(change, types.TextDocumentContentChangePartial):
            if self._edited is None:
                self._edited = EditedText(self.source, encoding_of(self._position_codec.encoding))
            start, end = change.range.start, change.range.end
            self._edited.replace((start.line, start.character), (end.line, end.character), change.text)
        else:
            self._source, self._edited = change.text, None
        self._index = None


class SourceWorkspace(Workspace):
    """A workspace of :class:`SourceDocument`."""

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> SourceDocument:
        document = SourceDocument(
            # The library fails on URIs that are broken.
            doc_uri if path_of_uri(doc_uri) else "untitled:",
            source=source or "",
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self._position_codec,
        )
        document.uri = doc_uri
        return document

    def put_text_document(
        self, text_document: types.TextDocumentItem, notebook_uri: str | None = None
    ) -> None:
        """Add an open document."""
        super().put_text_document(text_document, notebook_uri)
        self._find_folders(text_document.uri)

    def add_folder(self, folder: types.WorkspaceFolder) -> None:
        """Add a workspace folder."""
        super().add_folder(folder)
        self._find_folders(*self.open_uris())

    def remove_folder(self, folder_uri: str) -> None:
        """Remove a workspace folder."""
        super().remove_folder(folder_uri)
        self._find_folders(*self.open_uris())

    def update_notebook_document(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Apply a notebook's change.

        A cell whose language has changed is closed and opened in the same change. The library opens cells first and
        then closes them, which would lose such a cell, so it is opened again here.
        """
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

    def open_uris(self) -> list[str]:
        """The URIs of all open documents and cells, as the client spells them."""
        return [document.uri for document in self.text_documents.values()]

    def folder_uris(self) -> list[str]:
        """The URIs of the workspace folders, as the client spells them."""
        return [folder.uri for folder in self.folders.values()]

    def snapshot(self, uri: str) -> Snapshot | None:
        """The open document as it is now, or None."""
        document = self.find(uri)
        if document is None:
            return None
        path = self.path_of(uri)
        language = _language(document.language_id, path or re.split("[?#]", uri)[0])
        unnamed = language is None and (document.language_id or "").lower() in UNNAMED and _is_untitled(uri)
        if unnamed:
            language = document.detected_language
        is_cell = self.get_notebook_document(cell_uri=uri) is not None
        return Snapshot(
            uri=document.uri,
            version=document.version or 0,
            text=document.source,
            positions=document.positions,
            language=cell_language(document.source, language) if is_cell else language,
            path=path,
            unnamed=unnamed,
            is_cell=is_cell,
        )

    def path_of(self, uri: str) -> str | None:
        """The file path of ``uri``, or of the notebook for a cell; None for virtual documents."""
        notebook = self.get_notebook_document(cell_uri=uri)
        return path_of_uri(notebook.uri if notebook is not None else uri)

    def folder_of(self, uri: str) -> str | None:
        """URI of the innermost workspace folder that contains ``uri``."""
        document = self.find(uri)
        return document.folder if document is not None else self._holding_folder(uri)

    def _find_folders(self, *open_uris: str) -> None:
        for uri in open_uris:
            document = self.find(uri)
            if document is not None:
                document.folder = self._holding_folder(uri)

    def _holding_folder(self, uri: str) -> str | None:
        path = self.path_of(uri)
        if path is None:
            return None
        holding = [
            (len(root), folder.uri)
            for folder in self.folders.values()
            if (root := path_of_uri(folder.uri)) and Path(path).is_relative_to(root)
        ]
        return max(holding)[1] if holding else None


def _language(language_id: str | None, path: str) -> Language | None:
    """The language by the client's language id, else by the file name, else None."""
    try:
        return get_language(language_id or "")
    except LanguageError:
        return language_for_path(path)


def _is_untitled(uri: str) -> bool:
    """Whether a document is in no file: its scheme is another one, or its URI has no path."""
    return not uri.lower().startswith("file:") or uri[5:].strip("/") == ""
