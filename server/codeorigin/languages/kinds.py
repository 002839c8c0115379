"""What a file is, by its name: code in a language, or a notebook."""

from collections.abc import Collection
from dataclasses import dataclass
from os import PathLike
from pathlib import PurePath

from codeorigin.languages import Language, get_language, language_for_path
from codeorigin.languages.python import PYTHON


@dataclass(frozen=True, slots=True)
class Notebook:
    """Jupyter's notebooks as files; in editors, each of their cells is a document of its own.

    Where files are selected by their language, they count as Python's, as nearly all are.
    """

    id: str = "notebook"
    extensions: tuple[str, ...] = (".ipynb",)


Kind = Language | Notebook
NOTEBOOK = Notebook()


def get_kind(name: str) -> Kind:
    """The language called ``name``, as for :func:`get_language`, or a notebook; raises LanguageError."""
    return NOTEBOOK if name.strip().lower() == NOTEBOOK.id else get_language(name)


def kind_for_path(path: str | PathLike[str]) -> Kind | None:
    """What a file is by its name alone, or None."""
    notebook = NOTEBOOK if PurePath(path).suffix.lower() in NOTEBOOK.extensions else None
    return language_for_path(path) or notebook


def is_in(kind: Kind, languages: Collection[str]) -> bool:
    """Whether a file of this kind is selected by ``languages`` or kinds (ids)."""
    return kind.id in languages or (kind is NOTEBOOK and PYTHON.id in languages)
