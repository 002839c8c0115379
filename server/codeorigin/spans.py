"""Where a function stands in a document, in plain values, without a parser."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

_NO_LINE_END = re.compile(r"[^\r\n]")


class TextRange(NamedTuple):
    """A half-open range of a document, in UTF-8 bytes and in code points, and the lines that it touches.

    Lines are 0-based and are LSP lines: they end at ``\\n``, ``\\r\\n`` or ``\\r`` and at nothing else.
    Columns are code points in the line.
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
class Region:
    """Code inside a document of another kind: a block in Markdown, say.

    ``text`` is the code by itself, its lines without what they begin with in the document (a list's indentation, a
    quotation's mark) and ending at ``\\n``. ``first_line`` is the document's line of its first one, from 0; ``shifts``
    are, for each of its lines, what to add to a column to get the document's. ``confidence`` is that of a language
    guessed from the text, None where the document names it. ``ignored``: a comment of the document switches it off.
    """

    language: str
    text: str
    first_line: int
    shifts: tuple[int, ...]
    confidence: float | None = None
    ignored: bool = False

    def column(self, line: int, column: int) -> int:
        """The document's column for one of the region's ``line``, both in code points."""
        shift = self.shifts[line] if line < len(self.shifts) else 0
        return max(0, column + shift)


class SpanKind(StrEnum):
    """What a unit of code is that has a verdict of its own."""

    FUNCTION = "function"
    MODULE = "module"


@dataclass(frozen=True, slots=True)
class FunctionSpan:
    """One function as it stands in a document, or the code outside of all functions (``kind``).

    ``range`` is the whole function with its decorators, attributes and modifiers; ``code`` is the part of it that the
    model reads: without the attributes that the grammar keeps beside the function (Rust's ``#[test]``, decorators of
    TypeScript's methods), as in the training data; ``header`` runs from the definition (after decorators) to just before
    the body; ``name_range`` is the name alone;
    ``doc_comment`` is the comment directly above, outside ``range``. ``nested`` holds the functions
    inside this one: they belong to it and are listed under it, recursively.
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
    """A ``codeorigin: ignore`` comment applies to it."""
    inside: tuple[Region, "FunctionSpan"] | None = None
    """The region of the document that the function stands in, and its span there; None in a file of source code."""
    kind: SpanKind = SpanKind.FUNCTION
    left_out: tuple[tuple[int, int], ...] = ()
    """Offsets of what inside ``code`` is not read, disjoint and in order."""


def code_text(text: str, span: FunctionSpan) -> str:
    """What the model reads of ``span`` in ``text``: its code, with blanks for what is left out.

    Every character keeps its line and column, so that what is said of it holds in the document.
    """
    code = text[span.code.start : span.code.end]
    if not span.left_out:
        return code
    pieces, position = [], 0
    for start, end in span.left_out:
        low, high = start - span.code.start, end - span.code.start
        pieces += [code[position:low], _NO_LINE_END.sub(" ", code[low:high])]
        position = high
    return "".join(pieces) + code[position:]
