"""The pieces of a file that are judged separately: the whole file, a notebook's cells, or a document's code blocks."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike

from codeorigin.analysis.changed_functions import FunctionLines
from codeorigin.functions.embedded.regions import regions_of
from codeorigin.functions.notebooks import is_notebook, read_notebook
from codeorigin.languages import language_for_path
from codeorigin.languages.hosts import find_host, host_for_path
from codeorigin.text.positions import LineIndex

NOTEBOOK = "notebook"
"""The kind of a notebook; for other files the kind is the id of their language or kind of document."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a file: all of it, a notebook ``cell`` or a code ``block`` of a document.

    ``lines`` maps each line of ``text`` to a line of the file, counted from 1; None if the piece is the whole file.
    Only ``\\n`` ends a line. ``ignored`` means that a comment in the document switches the piece off.
    """

    language: str
    text: str
    lines: tuple[int, ...] | None = None
    cell: bool = False
    block: bool = False
    ignored: bool = False

    def line(self, line: int) -> int:
        """The file's line for a line of the piece, both counted from 1."""
        if self.lines is None:
            return line
        return self.lines[min(line, len(self.lines)) - 1] if self.lines else 1

    def in_file(self, place: FunctionLines) -> FunctionLines:
        """The lines of a function of the piece, as lines of the file.

        Several lines may map to the same line of the file, as in a notebook saved as JSON without line breaks.
        """
        if self.lines is None:
            return place
        own = range(place.first, place.last + 1)
        filled = {self.line(line) for line in own if line not in place.blank}
        telling = {self.line(line) for line in own if line not in place.plain}
        return FunctionLines(
            self.line(place.first),
            self.line(place.last),
            tuple(sorted({self.line(line) for line in place.blank} - filled)),
            tuple(sorted({self.line(line) for line in place.plain} - telling)),
        )


def kind_of_path(path: str | PathLike[str]) -> str | None:
    """The kind of file, from its name: the id of a language or kind of document, :data:`NOTEBOOK`, or None."""
    if is_notebook(str(path)):
        return NOTEBOOK
    found = language_for_path(path) or host_for_path(path)
    return None if found is None else found.id


def pieces_of(text: str, kind: str, name: str) -> Iterator[Piece]:
    """The pieces of a file of a ``kind`` (see :func:`kind_of_path`), in order; ``name`` is used in messages.

    Raises:
        SourceError: the file is a notebook that cannot be read.
        ModelError: a block's language had to be guessed, and the language model is missing or broken.
    """
    host = find_host(kind)
    if kind == NOTEBOOK:
        for cell in read_notebook(text, name):
            if cell.language is not None:
                yield Piece(cell.language.id, cell.text, cell.lines, cell=True)
    elif host is not None:
        lines = LineIndex(text)
        ends = [place for place, character in enumerate(text) if character == "\n"]
        for region in regions_of(lines, host):
            starts = (lines.line_start(region.first_line + number) for number in range(len(region.shifts)))
            places = tuple(bisect_left(ends, start) + 1 for start in starts)
            yield Piece(region.language, region.text, places, block=True, ignored=region.ignored)
    else:
        yield Piece(kind, text)
