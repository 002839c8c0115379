"""The results of an analysis for functions, files and a whole run.

Imports neither the inference runtime nor NumPy, so that code that only shows reports starts quickly.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from codeorigin.core.errors import CodeOriginError
from codeorigin.functions.spans import FunctionSpan, Piece
from codeorigin.model.verdict import Band, PooledReason, PooledVerdict, Reason, Verdict


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

    ``verdict`` is None if the model has no rule for whole files. Of a notebook, ``pieces`` has a report on each cell,
    with positions in its text, and ``functions`` is empty. ``is_complete`` is False if functions that are not scored
    yet are left out.
    """

    language: str
    path: str | None
    functions: tuple[FunctionReport, ...]
    verdict: PooledVerdict | None = None
    pieces: tuple["PieceReport", ...] = ()
    is_complete: bool = True

    def require_parsed(self) -> None:
        """Raise UnparsedError if the syntax could not be read: then no function was looked for."""
        if self.verdict is not None and self.verdict.reason is PooledReason.UNPARSED:
            raise UnparsedError(
                "its syntax takes too much time or memory to read, so nothing in it was judged", self.path
            )


@dataclass(frozen=True, slots=True)
class PieceReport:
    """A cell of a notebook, and the report on it as if it were a file, with positions in its own text."""

    piece: Piece
    report: FileReport


@dataclass(frozen=True, slots=True)
class DeclaredAgent:
    """An AI agent that a record about a commit names, and its model if that is recorded.

    ``how`` is the kind of record, a :class:`~codeorigin.records.record.RecordSource`.
    """

    commit: str
    agent: str
    how: str
    model: str | None = None


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """The change that was analysed.

    ``kind`` is ``working_tree``, ``index``, ``range`` or ``commit``; ``revision`` is the base or the commit as it was
    requested. ``old`` and ``new`` are commit names; None before the first commit, and for the working tree and the
    index. ``parents`` is a commit's number of parents. ``declared`` are the agents that the commits themselves name,
    which is a fact and not an estimate; None if this was not checked. ``verdict`` is the verdict on the functions that
    the change wrote, taken together; None if the model has no rule for commits. ``tells_moves`` is False if the change
    is too large to tell which functions it moved.
    """

    kind: str
    revision: str | None
    old: str | None
    new: str | None
    parents: int = 0
    declared: "tuple[DeclaredAgent, ...] | None" = None
    verdict: PooledVerdict | None = None
    tells_moves: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals of one run. ``functions`` counts outermost functions, ``scored`` those with a verdict; neither counts
    those that the analysed change ``moved``.

    ``accepted`` counts functions that are not findings because they were accepted. ``reasons`` counts those without a
    verdict.
    ``without_functions`` counts the files in which no function was found, ``file_bands`` those that have a verdict as a
    whole. ``lines`` counts the non-blank lines of functions with a verdict, only the changed ones if a change was
    analysed; ``finding_lines`` counts those of findings.
    ``errors`` does not include ``skipped``. ``seconds`` is the time spent reading and analysing, without loading the
    model. ``peak_memory_bytes`` is None where the system does not report it.
    """

    files: int = 0
    without_functions: int = 0
    functions: int = 0
    moved: int = 0
    scored: int = 0
    findings: int = 0
    accepted: int = 0
    errors: int = 0
    skipped: int = 0
    bands: dict[Band, int] = field(default_factory=lambda: dict.fromkeys(Band, 0))
    reasons: dict[Reason, int] = field(default_factory=dict)
    file_bands: dict[Band, int] = field(default_factory=lambda: dict.fromkeys(Band, 0))
    lines: int = 0
    finding_lines: int = 0
    seconds: float = 0.0
    peak_memory_bytes: int | None = None

    @property
    def functions_per_second(self) -> float | None:
        """Functions per second; None if there was nothing to measure."""
        return self.functions / self.seconds if self.functions and self.seconds > 0 else None

    @property
    def finding_share(self) -> float:
        """Share of ``lines`` that are in findings; 0 if there are no lines."""
        return self.finding_lines / self.lines if self.lines else 0.0


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
