"""Cuts functions out of source text as the corpus has them: whole lines, outermost functions, 4 to 200 lines."""

from collections.abc import Iterator
from dataclasses import dataclass

from codeorigin.functions.finding import find_functions
from codeorigin.languages import language_for_path
from codeorigin.text.positions import LineIndex
from codeorigin.text.sources import is_generated, is_minified

SHORTEST, LONGEST = 4, 200
"""Bounds on a function's line count; shorter functions carry no information, longer ones are mostly tables."""


@dataclass(frozen=True, slots=True)
class CutFunction:
    """A function of a file: its lines without the last line end, and their position (0-based, end included)."""

    code: str
    language: str
    is_test: bool
    first_line: int
    last_line: int

    @property
    def lines(self) -> int:
        """Number of lines."""
        return self.last_line - self.first_line + 1


def cut_functions(text: str, path: str) -> Iterator[CutFunction]:
    """The functions of one file in source order; none for generated or minified text and unknown languages.

    Each is cut as the server reads it (``span.code``): decorators inside its node are included, attributes next to it
    and the comment above are not. The first line keeps its indentation.
    """
    language = language_for_path(path)
    if language is None or is_generated(text) or is_minified(text):
        return
    index = LineIndex(text)
    for span in find_functions(text, language, path=path, lines=index):
        first, last = span.code.start_line, span.code.end_line
        if not SHORTEST <= last - first + 1 <= LONGEST:
            continue
        code = text[index.line_start(first) : index.line_end(last)]
        yield CutFunction(code, language.model_language, span.is_test, first, last)
