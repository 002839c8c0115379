"""The results of an analysis for functions and files.

Imports neither the inference runtime nor NumPy, so that code that only shows reports starts quickly.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from codeorigin.core.errors import CodeOriginError
from codeorigin.functions.spans import FunctionSpan
from codeorigin.model.verdict import PooledReason, PooledVerdict, Verdict


class UnparsedError(CodeOriginError):
    """The syntax of a file takes too much time or memory to read."""


@dataclass(frozen=True, slots=True)
class FunctionReport:
    """A function and the model's verdict on it.

    ``function_id`` stays the same as long as the function's text does (SHA-256 of language and text, 16 hex digits).
    ``nested`` mirrors ``span.nested``; nested functions have the reason ``nested`` instead of a verdict.
    """

    span: FunctionSpan
    verdict: Verdict
    function_id: str
    nested: tuple["FunctionReport", ...] = ()


@dataclass(frozen=True, slots=True)
class FileReport:
    """All outermost functions of one document, in source order, and the verdict on the file.

    ``verdict`` is None if the model has no rule for whole files. ``is_complete`` is False if functions that are not
    scored yet are left out.
    """

    language: str
    path: str | None
    functions: tuple[FunctionReport, ...]
    verdict: PooledVerdict | None = None
    is_complete: bool = True

    def require_parsed(self) -> None:
        """Raise UnparsedError if the syntax could not be read: then no function was looked for."""
        if self.verdict is not None and self.verdict.reason is PooledReason.UNPARSED:
            raise UnparsedError(
                "its syntax takes too much time or memory to read, so nothing in it was judged", self.path
            )


def line_range(function: FunctionReport) -> tuple[int, int]:
    """First and last line, 1-based and inclusive, with decorators and modifiers."""
    span = function.span.range
    # A range that ends at column 0 ends with the previous line.
    last = span.end_line if span.end_column > 0 or span.end_line == span.start_line else span.end_line - 1
    return span.start_line + 1, last + 1


def walk(functions: Iterable[FunctionReport], depth: int = 0) -> Iterator[tuple[int, FunctionReport]]:
    """All functions in source order, each with its nesting depth (at most ``MAX_NESTING``)."""
    for function in functions:
        yield depth, function
        yield from walk(function.nested, depth + 1)
