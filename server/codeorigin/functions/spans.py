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
class Cell:
    """A notebook's cell, which is judged by itself. ``number`` is its place among all cells, from 1.

    ``lines`` maps each line of ``text`` to a line of the file, both counted from 1 and ended by ``\\n`` alone.
    """

    language: str
    text: str
    lines: tuple[int, ...]
    number: int

    def line(self, line: int) -> int:
        """The file's line for a line of the cell, both counted from 1; 1 if it is not known."""
        return self.lines[min(line, len(self.lines)) - 1] if self.lines else 1


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
    nested: tuple["FunctionSpan", ...] = ()
    ignored: bool = False
    """Whether a ``codeorigin: ignore`` comment applies to it."""


def code_text(text: str, span: FunctionSpan) -> str:
    """What the model reads of ``span`` in ``text``."""
    return text[span.code.start : span.code.end]
