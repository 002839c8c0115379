"""The kinds of documents that contain code in other languages, by id, by the ids that editors use, and by file name."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import PurePath
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Host:
    """A kind of document. ``lsp_ids`` are other names that editors use for it; ``extensions`` begin with a dot."""

    id: str
    lsp_ids: tuple[str, ...]
    extensions: tuple[str, ...]


MARKDOWN = Host(
    "markdown",
    ("md", "mdx", "quarto", "rmd", "rmarkdown", "pandoc", "gfm", "markdown-ts"),
    (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".qmd", ".rmd"),
)
RESTRUCTUREDTEXT = Host("restructuredtext", ("rst", "rest"), (".rst", ".rest"))

HOSTS: Mapping[str, Host] = MappingProxyType({host.id: host for host in (MARKDOWN, RESTRUCTUREDTEXT)})
"""Every kind of document by its id."""

_BY_NAME = {name: host for host in HOSTS.values() for name in (host.id, *host.lsp_ids)}
_BY_EXTENSION = {suffix: host for host in HOSTS.values() for suffix in host.extensions}


def find_host(name: str) -> Host | None:
    """The kind called ``name``, which is our own id or an LSP ``languageId``, case-insensitive; or None."""
    return _BY_NAME.get(name.strip().lower())


def host_for_path(path: str | PathLike[str]) -> Host | None:
    """The kind of a file by its name alone, or None; extensions are case-insensitive."""
    return _BY_EXTENSION.get(PurePath(path).suffix.lower())
