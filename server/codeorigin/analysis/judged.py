"""Sources to judge, and what is known of their functions in the end: the model's report, and what a run adds to it.

Imports neither the inference runtime nor NumPy, so that code that only shows results starts quickly.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from codeorigin.core.errors import CodeOriginError
from codeorigin.functions.function_lines import FunctionLines
from codeorigin.functions.spans import Cell, FunctionSpan
from codeorigin.git.moved_lines import MovedLines
from codeorigin.model.past import Past
from codeorigin.model.verdict import Band, Limits, PooledReason, PooledVerdict, Verdict
from codeorigin.records.function_records import FunctionRecords

LineRanges = tuple[tuple[int, int], ...]
"""The first and the last line of each range, 1-based and inclusive."""


@dataclass(frozen=True, slots=True)
class Source:
    """Something to judge. ``path`` is the path to display; ``read`` raises :class:`~codeorigin.core.errors.SourceError`.

    ``language`` is the id of its language or kind of document. ``named`` is True if the user named it, and False if it
    was found in a folder. ``changed`` holds the lines to judge (only ``\\n`` ends a line), or None for all,
    and ``moved`` those of them that were moved. ``file`` is None if it is not read from a file on disk. ``inside`` is
    the path in the repository whose change is judged.
    """

    path: str
    language: str
    read: Callable[[], str]
    named: bool = True
    changed: LineRanges | None = None
    moved: MovedLines | None = None
    file: Path | None = None
    inside: str | None = None


@dataclass(frozen=True, slots=True)
class How:
    """How to judge: with the other functions of a file, and by the ``past`` of the project.

    ``keep_text`` is for reports that quote code.
    """

    file_context: bool = True
    past: Past | None = None
    keep_text: bool = False


class UnparsedError(CodeOriginError):
    """The syntax of a file takes too much time or memory to read."""


@dataclass(frozen=True, slots=True)
class JudgedFunction:
    """A function, the model's verdict on it, and what a run knows besides.

    ``function_id`` stays the same as long as the function's text does (SHA-256 of language and text, 16 hex digits).
    ``nested`` mirrors ``span.nested``; nested functions have the reason ``nested`` instead of a verdict.

    The rest is that of a run for an outermost function. ``counted`` is the number of its nonblank lines, only of
    changed ones if the source has ``changed`` lines. ``lines`` are those of the source's file, for a change. The change
    ``touched`` it in some line, only ``moved`` it, or has ``written`` all its lines with a letter or digit; then
    ``weight`` is what it counts among others. ``records`` are None if they were not read. ``accepted``: its text is, so
    that it is no finding.
    """

    span: FunctionSpan
    verdict: Verdict
    function_id: str
    nested: tuple["JudgedFunction", ...] = ()
    counted: int = 0
    lines: FunctionLines | None = None
    touched: bool = True
    moved: bool = False
    written: bool = False
    weight: int = 0
    records: FunctionRecords | None = None
    accepted: bool = False

    @property
    def is_finding(self) -> bool:
        """Whether it is reported: in the band ``llm`` by the user's limits, and not accepted."""
        return self.verdict.band is Band.LLM and not self.accepted

    def within(self, limits: Limits, accepted: frozenset[str]) -> Self:
        """The function with its band under the user's ``limits``, as editors show it, and accepted if its id is."""
        band = limits.band(self.verdict)
        is_accepted = band is Band.LLM and self.function_id in accepted
        if band is self.verdict.band and is_accepted is self.accepted:
            return self
        return replace(self, verdict=replace(self.verdict, band=band), accepted=is_accepted)


def line_range(function: JudgedFunction) -> tuple[int, int]:
    """First and last line, 1-based and inclusive, with decorators and modifiers."""
    span = function.span.range
    # A range that ends at column 0 ends with the previous line.
    last = span.end_line if span.end_column > 0 or span.end_line == span.start_line else span.end_line - 1
    return span.start_line + 1, last + 1


def walk(functions: Iterable[JudgedFunction], depth: int = 0) -> Iterator[tuple[int, JudgedFunction]]:
    """All functions in source order, each with its nesting depth (at most ``MAX_NESTING``)."""
    for function in functions:
        yield depth, function
        yield from walk(function.nested, depth + 1)


@dataclass(frozen=True, slots=True)
class FileReport:
    """What the model says of one document: all outermost functions, in source order, and the verdict on the file.

    ``verdict`` is None if the model has no rule for whole files. ``is_complete`` is False if functions that are not
    scored yet are left out.
    """

    language: str
    path: str | None
    functions: tuple[JudgedFunction, ...]
    verdict: PooledVerdict | None = None
    is_complete: bool = True

    def require_parsed(self) -> None:
        """Raise UnparsedError if the syntax could not be read: then no function was looked for."""
        if self.verdict is not None and self.verdict.reason is PooledReason.UNPARSED:
            raise UnparsedError(
                "its syntax takes too much time or memory to read, so nothing in it was judged", self.path
            )


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """A source file with its outermost functions, or a ``cell`` of a notebook, whose lines are those of the cell.

    Of a source with ``changed`` lines, all functions are here until
    :func:`~codeorigin.analysis.judged_files.judged_change` leaves those that the change touched. ``changed`` counts
    lines as editors do: a lone ``\\r`` ends one too. ``verdict`` is None for a change, and if the model has no rule for
    files. ``text`` is here if it was asked for. With an ``error``, nothing was judged.
    """

    source: Source
    language: str
    functions: tuple[JudgedFunction, ...] = ()
    verdict: PooledVerdict | None = None
    changed: LineRanges | None = None
    cell: Cell | None = None
    text: str | None = None
    error: Exception | None = None

    @property
    def path(self) -> str:
        """The path to display."""
        return self.source.path

    @property
    def cell_number(self) -> int | None:
        """The cell's number; None for a file."""
        return None if self.cell is None else self.cell.number

    @property
    def shown(self) -> str:
        """The path to display, with the cell number if it is a cell."""
        return self.path if self.cell is None else f"{self.path}:cell {self.cell.number}"

    def key(self, function: JudgedFunction) -> tuple[str, int]:
        """What tells a function of this file from all others: the displayed path, and where it starts (code points)."""
        return self.shown, function.span.range.start

    def where(self, function: JudgedFunction) -> str:
        """The file and the lines of a function, to display: ``lib/a.py:3-14``."""
        first, last = line_range(function)
        return f"{self.shown}:{first}-{last}"

    def findings(self) -> Iterator[JudgedFunction]:
        """The functions that are findings."""
        return (function for function in self.functions if function.is_finding)

    def first_line(self, function: JudgedFunction) -> int:
        """The line of a function to point to: its first changed line, or else its first line."""
        first, last = line_range(function)
        changed = (max(first, low) for low, high in self.changed or () if low <= last and high >= first)
        return min(changed, default=first)

    def place(self, function: JudgedFunction) -> tuple[int, int]:
        """The line of a function to point to and its last line, as lines of the file (for a notebook, its JSON)."""
        first, last = self.first_line(function), line_range(function)[1]
        return (first, last) if self.cell is None else (self.cell.line(first), self.cell.line(last))

    def within(self, limits: Limits, accepted: frozenset[str]) -> Self:
        """The file with its functions under the user's ``limits``, and those accepted whose ids are."""
        return self.with_functions([function.within(limits, accepted) for function in self.functions])

    def with_functions(self, functions: Sequence[JudgedFunction]) -> Self:
        """The file with other functions."""
        return replace(self, functions=tuple(functions))
