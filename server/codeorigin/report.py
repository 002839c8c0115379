"""What is known of a file and its functions after analysis, and the comments that switch analysis off.

Imports neither the inference runtime nor NumPy, so that whatever shows reports starts quickly.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.verdict import Verdict
from codeorigin.spans import FunctionSpan

IGNORE = "codeorigin: ignore"
"""In a comment at a function: no verdict on it."""
IGNORE_FILE = "codeorigin: ignore-file"
"""In a comment among the first lines: no verdict on anything in the file."""


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """A function and what the model says of it.

    ``function_id`` is stable while the function's text is (SHA-256 of language and text, 16 hex digits).
    ``nested`` mirrors ``span.nested``; nested functions carry the reason ``nested`` in place of a verdict.
    """

    span: FunctionSpan
    verdict: Verdict
    function_id: str
    nested: tuple["FunctionReport", ...] = ()


@dataclass(frozen=True, slots=True)
class FileReport:
    """All outermost functions of one document, in source order, and what they say together.

    ``verdict`` is None if the model has no rule for whole files.
    """

    language: str
    path: str | None
    functions: tuple[FunctionReport, ...]
    verdict: FileVerdict | None = None


def line_range(function: FunctionReport) -> tuple[int, int]:
    """First and last line, 1-based and inclusive, decorators and modifiers included."""
    span = function.span.range
    # A range that ends at column 0 ends with the line end before it.
    last = span.end_line if span.end_column > 0 or span.end_line == span.start_line else span.end_line - 1
    return span.start_line + 1, last + 1


def walk(functions: Iterable[FunctionReport], depth: int = 0) -> Iterator[tuple[int, FunctionReport]]:
    """All functions in source order, each with its depth of nesting (``MAX_NESTING`` at most)."""
    for function in functions:
        yield depth, function
        yield from walk(function.nested, depth + 1)
