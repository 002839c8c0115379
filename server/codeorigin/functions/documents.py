"""A document to analyse."""

from dataclasses import dataclass

from codeorigin.languages import Language, get_language
from codeorigin.languages.c import C
from codeorigin.languages.cpp import CPP, is_cpp_header


@dataclass(frozen=True, slots=True)
class Document:
    """A text to analyse, in the language with the id or other name ``named``.

    ``path`` is for the report and messages; a C header (``.h``) that is written in C++ counts as C++. ``inside`` is
    the path in its repository, if ``path`` is none on disk. ``is_cell`` means that the text is a notebook's cell, in
    which IPython's magic lines are not errors.
    """

    text: str
    named: str
    path: str | None = None
    is_cell: bool = False
    inside: str | None = None

    def language(self) -> Language:
        """The language of the text; raises LanguageError if it is not supported."""
        found = get_language(self.named)
        is_cpp = found is C and (self.path or "").endswith(".h") and is_cpp_header(self.text)
        return CPP if is_cpp else found
