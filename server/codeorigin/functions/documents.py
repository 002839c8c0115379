"""A document to analyse, and the pieces of it that are judged separately."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.functions.embedded.code_blocks import code_blocks
from codeorigin.functions.notebooks import read_notebook
from codeorigin.functions.spans import Piece
from codeorigin.languages import Language
from codeorigin.languages.kinds import NOTEBOOK, get_kind
from codeorigin.text.positions import LineIndex


@dataclass(frozen=True, slots=True)
class Document:
    """A text to analyse, and what it is.

    ``kind`` is the id or another name of a language, or of a kind of document whose code is in pieces
    (:func:`codeorigin.languages.kinds.get_kind`). ``path`` is for the test rules, the report and messages.
    ``languages`` are those of the pieces to analyse, if the code is in pieces; None for all. ``is_cell`` means that the
    text is a notebook's cell, in which IPython's magic lines are not errors.
    """

    text: str
    kind: str
    path: str | None = None
    languages: frozenset[str] | None = None
    is_cell: bool = False

    def pieces(self, cancel: CancelToken = NEVER) -> Iterator[Piece]:
        """Yield the pieces in order: all of the text, a notebook's cells, or code blocks.

        Raises:
            LanguageError: the kind is not supported.
            SourceError: it is a notebook that cannot be read.
            ModelError: a block's language had to be guessed, and the language model is missing or broken.
        """
        kind = get_kind(self.kind)
        if isinstance(kind, Language):
            yield Piece(kind.id, self.text)
        elif kind is NOTEBOOK:
            cells = read_notebook(self.text, self.path or kind.id)
            yield from (cell for cell in cells if self.languages is None or cell.language in self.languages)
        else:
            lines = LineIndex(self.text)
            ends = [place for place, character in enumerate(self.text) if character == "\n"]
            for block in code_blocks(lines, kind, self.languages, cancel):
                starts = (lines.line_start(block.first_line + number) for number in range(len(block.shifts)))
                yield replace(block, lines=tuple(bisect_left(ends, start) + 1 for start in starts))
