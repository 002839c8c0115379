"""The code of a file in pieces that are judged by themselves: all of it, a notebook's cells, a document's blocks."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike

from codeorigin.changed_functions import FunctionLines
from codeorigin.embedded import regions_of
from codeorigin.languages import language_for_path
from codeorigin.languages.hosts import find_host, host_for_path
from codeorigin.source.notebooks import is_notebook, read_notebook
from codeorigin.source.text import LineIndex

NOTEBOOK = "notebook"
"""What stands for a notebook where other files have the id of their language or kind of document."""


@dataclass(frozen=True, slots=True)
class Piece:
    """``lines`` holds for each line of ``text`` the file's line, from 1; None where the piece is the file.

    Lines end at ``\\n`` alone. A ``cell`` is a notebook's, a ``block`` a document's; ``ignored``: a comment of the
    document switches it off.
    """

    language: str
    text: str
    lines: tuple[int, ...] | None = None
    cell: bool = False
    block: bool = False
    ignored: bool = False

    def line(self, line: int) -> int:
        """The file's line for a line of the piece, both from 1."""
        if self.lines is None:
            return line
        return self.lines[min(line, len(self.lines)) - 1] if self.lines else 1

    def in_file(self, place: FunctionLines) -> FunctionLines:
        """The lines of a function of the piece as the file has them.

        Several lines may share one of the file, as in a notebook that was written without line breaks.
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
    """What a file's name says of it: the id of a language or of a kind of document, :data:`NOTEBOOK`, or nothing."""
    if is_notebook(str(path)):
        return NOTEBOOK
    found = language_for_path(path) or host_for_path(path)
    return None if found is None else found.id


def pieces_of(text: str, kind: str, name: str) -> Iterator[Piece]:
    """The pieces of a file of a ``kind`` (see :func:`kind_of_path`), in order; ``name`` is for messages.

    Raises:
        SourceError: it is a notebook that cannot be read.
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
