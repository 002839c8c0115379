"""A document to analyse, and the pieces of it that are judged separately."""

from collections.abc import Sequence
from dataclasses import dataclass

from codeorigin.functions.notebooks import read_notebook
from codeorigin.functions.spans import Piece
from codeorigin.languages import Language
from codeorigin.languages.c import C
from codeorigin.languages.cpp import CPP, is_cpp_header
from codeorigin.languages.kinds import get_kind


@dataclass(frozen=True, slots=True)
class Document:
    """A text to analyse, and what it is.

    ``kind`` is the id or another name of a language, or ``notebook`` (:func:`codeorigin.languages.kinds.get_kind`).
    ``path`` is for the report and messages; a C header (``.h``) that is written in C++ counts as C++. ``inside`` is
    the path in its repository, if ``path`` is none on disk. ``is_cell``
    means that the text is a notebook's cell, in which IPython's magic lines are not errors.
    """

    text: str
    kind: str
    path: str | None = None
    is_cell: bool = False
    inside: str | None = None

    def pieces(self) -> Sequence[Piece]:
        """The pieces in order: all of the text, or a notebook's cells.

        Raises:
            LanguageError: the kind is not supported.
            SourceError: it is a notebook that cannot be read.
        """
        kind = get_kind(self.kind)
        if isinstance(kind, Language):
            is_cpp = kind is C and (self.path or "").endswith(".h") and is_cpp_header(self.text)
            return (Piece(CPP.id if is_cpp else kind.id, self.text),)
        return read_notebook(self.text, self.path or kind.id)
