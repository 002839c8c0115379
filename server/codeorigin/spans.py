"""Where a function stands in a document, in plain values, without a parser."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextRange:
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
class FunctionSpan:
    """One function as it stands in a document.

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
