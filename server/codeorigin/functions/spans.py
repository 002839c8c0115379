"""Where a function is in a document, as plain values that need no parser."""

from dataclasses import dataclass
from typing import NamedTuple


class TextRange(NamedTuple):
    """A half-open range of a document, in UTF-8 bytes, in code points, and in lines and columns.

    Lines are 0-based LSP lines: only ``\\n``, ``\\r\\n`` and ``\\r`` end a line. Columns are code points in the line.
    """

    start_byte: int
    end_byte: int
    start: int
    end: int
    start_line: int
    start_column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a document that is judged by itself: all of it, a notebook's cell or a code block.

    ``lines`` maps each line of ``text`` to a line of the file, both counted from 1 and ended by ``\\n`` alone; None if
    they are the same. ``cell`` is the number of a cell among all cells of its notebook, from 1.

    The lines of a block lack the prefix that they have in the document (the indentation of a list, a quotation mark)
    and end with ``\\n``. ``first_line`` is the document's line of the first one, counted from 0 as in editors;
    ``shifts`` has, for each line, what to add to a column to get the document's column. ``confidence`` is set if the
    language was guessed from the text, None if the document names it. ``ignored`` means that a comment in the document
    switches the block off.
    """

    language: str
    text: str
    lines: tuple[int, ...] | None = None
    cell: int | None = None
    first_line: int = 0
    shifts: tuple[int, ...] = ()
    confidence: float | None = None
    ignored: bool = False

    @property
    def is_block(self) -> bool:
        """Whether it is a code block of a document."""
        return bool(self.shifts)

    def line(self, line: int) -> int:
        """The file's line for a line of the piece, both counted from 1; 1 if it is not known."""
        if self.lines is None:
            return line
        return self.lines[min(line, len(self.lines)) - 1] if self.lines else 1

    def column(self, line: int, column: int) -> int:
        """The document's column for a ``column`` in the block's ``line``, both in code points, lines from 0."""
        shift = self.shifts[line] if line < len(self.shifts) else 0
        return max(0, column + shift)


@dataclass(frozen=True, slots=True)
class FunctionSpan:
    """A function in a document.

    ``range`` is the whole function with its decorators, attributes and modifiers. ``code`` is the part of it that the
    model reads: as in the training data, it lacks attributes that are siblings of the function in the grammar's tree
    (Rust's ``#[test]``, decorators of TypeScript methods). ``header`` runs from the definition (after decorators) to
    just before the body; ``name_range`` is the name alone; ``doc_comment`` is the comment directly above, outside
    ``range``. ``nested`` holds the functions inside this one, recursively; they are part of it and are listed under it.
    """

    name: str
    qualified_name: str
    language: str
    range: TextRange
    code: TextRange
    header: TextRange
    name_range: TextRange
    doc_comment: TextRange | None
    is_test: bool
    nested: tuple["FunctionSpan", ...] = ()
    ignored: bool = False
    """Whether a ``codeorigin: ignore`` comment applies to it."""
    inside: tuple[Piece, "FunctionSpan"] | None = None
    """The code block that contains the function, and its span there; None in a source file."""


def code_text(text: str, span: FunctionSpan) -> str:
    """What the model reads of ``span`` in ``text``."""
    return text[span.code.start : span.code.end]
