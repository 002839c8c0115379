"""What a file is, by its name: code in a language, or a document that holds code in pieces."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import PurePath
from types import MappingProxyType

from codeorigin.languages import Language, get_language, language_for_path


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """A kind of document whose code is in pieces, such as blocks or cells.

    ``lsp_ids`` are other names that editors use for it; ``extensions`` begin with a dot.
    """

    id: str
    lsp_ids: tuple[str, ...]
    extensions: tuple[str, ...]


Kind = Language | DocumentKind

MARKDOWN = DocumentKind(
    "markdown",
    ("md", "mdx", "quarto", "rmd", "rmarkdown", "pandoc", "gfm", "markdown-ts"),
    (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"),
)
RESTRUCTUREDTEXT = DocumentKind("restructuredtext", ("rst", "rest"), (".rst", ".rest"))
NOTEBOOK = DocumentKind("notebook", (), (".ipynb",))
"""Jupyter's notebooks as files; in editors, each of their cells is a document of its own."""

DOCUMENT_KINDS: Mapping[str, DocumentKind] = MappingProxyType(
    {kind.id: kind for kind in (MARKDOWN, RESTRUCTUREDTEXT)}
)
"""The kinds with code blocks in other text, by id."""

_ALL = (*DOCUMENT_KINDS.values(), NOTEBOOK)
_BY_NAME = {name: kind for kind in _ALL for name in (kind.id, *kind.lsp_ids)}
_BY_EXTENSION = {suffix: kind for kind in _ALL for suffix in kind.extensions}


def find_document_kind(name: str) -> DocumentKind | None:
    """The kind of document called ``name``: our own id or an LSP ``languageId``, case-insensitive; or None."""
    return _BY_NAME.get(name.strip().lower())


def get_kind(name: str) -> Kind:
    """The language or kind of document called ``name``: our own id or an LSP ``languageId``, case-insensitive.

    Raises:
        LanguageError: there is neither.
    """
    return find_document_kind(name) or get_language(name)


def kind_for_path(path: str | PathLike[str]) -> Kind | None:
    """What a file is by its name alone, or None; the extensions of documents are case-insensitive."""
    return language_for_path(path) or _BY_EXTENSION.get(PurePath(path).suffix.lower())
