"""The pieces of a document that are judged separately: all of it, a notebook's cells, or code blocks."""

from bisect import bisect_left
from collections.abc import Collection, Iterator
from dataclasses import replace

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.functions.embedded.code_blocks import code_blocks
from codeorigin.functions.notebooks import read_notebook
from codeorigin.functions.spans import Piece
from codeorigin.languages import Language
from codeorigin.languages.kinds import NOTEBOOK, Kind
from codeorigin.text.positions import LineIndex


def pieces_of(
    text: str,
    kind: Kind,
    name: str,
    *,
    languages: Collection[str] | None = None,
    cancel: CancelToken = NEVER,
) -> Iterator[Piece]:
    """Yield the pieces of a document of a ``kind``, in order; ``name`` is used in messages.

    Pieces of a document in languages other than ``languages`` (None: all supported ones) are left out.

    Raises:
        SourceError: it is a notebook that cannot be read.
        ModelError: a block's language had to be guessed, and the language model is missing or broken.
        Cancelled: ``cancel``, which is checked before each block, was triggered.
    """
    if isinstance(kind, Language):
        yield Piece(kind.id, text)
    elif kind is NOTEBOOK:
        cells = read_notebook(text, name)
        yield from (cell for cell in cells if languages is None or cell.language in languages)
    else:
        lines = LineIndex(text)
        ends = [place for place, character in enumerate(text) if character == "\n"]
        for block in code_blocks(lines, kind, languages, cancel):
            starts = (lines.line_start(block.first_line + number) for number in range(len(block.shifts)))
            yield replace(block, lines=tuple(bisect_left(ends, start) + 1 for start in starts))
