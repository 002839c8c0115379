"""The result of a check before it is rendered: files, errors and totals."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

from codeorigin.analysis.report import ChangeReport, FileReport, FunctionReport, Summary, line_range
from codeorigin.functions.spans import Piece
from codeorigin.model.past import Past
from codeorigin.model.verdict import Band, ChangedFunctions, Limits, Reason, Verdict
from codeorigin.records.function_records import FunctionRecords
from codeorigin.report.changes import moved_sentence
from codeorigin.report.code import HeatLine

Place = tuple[str, int]
"""The displayed path of a file or cell, and where a function starts in it (code points)."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A checked file or notebook ``cell``. For a cell, whose text is not kept, all lines are relative to the cell.

    ``path`` is the path to display; ``text`` is kept only for reports that quote code.

    ``counted`` is the number of lines that count for shares (see :class:`Summary`), for every function in ``report``.
    If a change is checked, ``changed`` holds the changed lines (1-based, inclusive), ``around`` all functions of the
    file, and ``touched`` the indices in it of the functions in ``report``. ``declared`` holds what is recorded about
    each function in ``report``; None if no records were read.
    """

    path: str
    report: FileReport
    text: str | None = None
    counted: tuple[int, ...] = ()
    changed: tuple[tuple[int, int], ...] | None = None
    around: ChangedFunctions | None = None
    touched: tuple[int, ...] = ()
    cell: Piece | None = None
    declared: tuple[FunctionRecords, ...] | None = None

    @property
    def cell_number(self) -> int | None:
        """The cell's number; None for a file."""
        return None if self.cell is None else self.cell.cell

    @property
    def shown(self) -> str:
        """The path to display, with the cell number if it is a cell."""
        return shown_path(self.path, self.cell_number)

    def key(self, function: FunctionReport) -> Place:
        """What tells a function of this file from all others."""
        return self.shown, function.span.range.start

    def counted_of(self, functions: Sequence[FunctionReport]) -> list[int]:
        """How many lines of each of the given outermost functions count; 0 if unknown."""
        counted = dict(zip(map(id, self.report.functions), self.counted, strict=False))
        return [counted.get(id(function), 0) for function in functions]

    def declared_of(self, functions: Sequence[FunctionReport]) -> list[FunctionRecords | None]:
        """What is recorded about each of the given outermost functions; None if no records were read."""
        declared = dict(zip(map(id, self.report.functions), self.declared or (), strict=False))
        return [declared.get(id(function)) for function in functions]

    def first_line(self, function: FunctionReport) -> int:
        """The line of a function to point to: its first changed line, or else its first line."""
        first, last = line_range(function)
        changed = (max(first, low) for low, high in self.changed or () if low <= last and high >= first)
        return min(changed, default=first)

    def place(self, function: FunctionReport) -> tuple[int, int]:
        """The line of a function to point to and its last line, as lines of the file (for a notebook, its JSON)."""
        first, last = self.first_line(function), line_range(function)[1]
        return (first, last) if self.cell is None else (self.cell.line(first), self.cell.line(last))


@dataclass(frozen=True, slots=True)
class FileError:
    """A file that could not be checked, with a one-line reason.

    ``skipped`` means that it was found in a folder, not named by the user, and is not source text. It does not fail
    the check. ``unparsed`` means that the parser took too much time or memory.
    """

    path: str
    message: str
    skipped: bool = False
    unparsed: bool = False


def counted_lines(
    report: FileReport, text: str, changed: Sequence[tuple[int, int]] | None
) -> tuple[int, ...]:
    """The number of nonblank lines of every function; if ``changed`` is given, only of changed lines."""
    wanted = None if changed is None else {line for low, high in changed for line in range(low, high + 1)}
    before = _counted_before(text, wanted)
    return tuple(_counted_between(before, *line_range(function)) for function in report.functions)


def _counted_before(text: str, wanted: Container[int] | None) -> list[int]:
    """How many lines of ``text`` count before each line and after the last."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    counts: Iterable[bool] = map(bool, map(str.strip, lines))
    if wanted is not None:
        counts = (counted and number in wanted for number, counted in enumerate(counts, 1))
    return list(accumulate(counts, initial=0))


def _counted_between(before: Sequence[int], first: int, last: int) -> int:
    return before[min(last, len(before) - 1)] - before[first - 1]


def is_finding(verdict: Verdict, limits: Limits) -> bool:
    """Whether a verdict is a finding: its band under the user's ``limits`` is ``llm``."""
    return limits.band(verdict) is Band.LLM


def within_limits(file: CheckedFile, limits: Limits) -> CheckedFile:
    """``file`` with the bands that its functions have under the user's ``limits``, as editors show them."""
    if limits == Limits():
        return file
    functions = tuple(
        replace(function, verdict=replace(function.verdict, band=limits.band(function.verdict)))
        for function in file.report.functions
    )
    return replace(file, report=replace(file.report, functions=functions))


def shown_path(path: str, cell: int | None) -> str:
    """The path to display, with the cell number for a notebook cell."""
    return path if cell is None else f"{path}:cell {cell}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Everything a report needs. ``limits`` are the user's, if there are any, and ``past`` is that of the project.

    ``baseline`` is the file of the ids that are ``accepted``; None if none was to be read.
    ``evidence`` has the lines of the findings whose code a page shows.
    """

    version: str
    model: str
    files: tuple[CheckedFile, ...]
    errors: tuple[FileError, ...]
    summary: Summary
    limits: Limits = field(default_factory=Limits)
    change: ChangeReport | None = None
    accepted: frozenset[str] = frozenset()
    baseline: Path | None = None
    past: Past | None = None
    evidence: Mapping[Place, tuple[HeatLine, ...]] = field(default_factory=dict)

    def is_finding(self, function: FunctionReport) -> bool:
        """Whether this function is a finding that was not accepted, which makes the check exit with 1."""
        return self._is_reported(function) and function.function_id not in self.accepted

    def is_accepted(self, function: FunctionReport) -> bool:
        """Whether this function would be a finding if it were not accepted."""
        return self._is_reported(function) and function.function_id in self.accepted

    def _is_reported(self, function: FunctionReport) -> bool:
        return is_finding(function.verdict, self.limits)

    def findings(self) -> Iterator[tuple[CheckedFile, FunctionReport]]:
        """Yield the findings, ordered by file and line."""
        for file in self.files:
            for function in file.report.functions:
                if self.is_finding(function):
                    yield file, function

    def moved(self) -> list[tuple[CheckedFile, FunctionReport]]:
        """The functions that the change only moved, ordered by file and line."""
        return [
            (file, function)
            for file in self.files
            for function in file.report.functions
            if function.verdict.reason is Reason.MOVED
        ]


def moved_line(result: CheckResult) -> str | None:
    """The functions that the change moved, in one line, or that it is too large to tell them; None without any."""
    if result.change is None:
        return None
    names = [f"{function.span.qualified_name} ({file.shown})" for file, function in result.moved()]
    return moved_sentence(result.change, names)


def summarize(
    files: Sequence[CheckedFile],
    limits: Limits,
    *,
    accepted: frozenset[str] = frozenset(),
    errors: Sequence[FileError] = (),
    seconds: float,
    peak_memory_bytes: int | None,
) -> Summary:
    """The totals of ``files``; ``accepted`` holds the ids of accepted functions."""
    functions = [
        item
        for file in files
        for item in zip(file.report.functions, file.counted or (0,) * len(file.report.functions), strict=True)
    ]
    moved = sum(function.verdict.reason is Reason.MOVED for function, _ in functions)
    judged = [(function.verdict.band, lines) for function, lines in functions if function.verdict.band]
    found = [(function, lines) for function, lines in functions if is_finding(function.verdict, limits)]
    new = [lines for function, lines in found if function.function_id not in accepted]
    bands = Counter(band for band, _ in judged)
    reasons = Counter(function.verdict.reason for function, _ in functions if function.verdict.reason)
    del reasons[Reason.MOVED]
    of_files = Counter(file.report.verdict.band for file in files if file.report.verdict is not None)
    skipped = sum(error.skipped for error in errors)
    return Summary(
        # The cells of a notebook are one file.
        files=sum(file.cell is None for file in files) + len({file.path for file in files if file.cell}),
        # Of a change, only the functions that it touched are here.
        without_functions=sum(not file.report.functions and file.changed is None for file in files),
        functions=len(functions) - moved,
        moved=moved,
        scored=len(judged),
        findings=len(new),
        accepted=len(found) - len(new),
        errors=len(errors) - skipped,
        skipped=skipped,
        bands={band: bands[band] for band in Band},
        reasons=dict(reasons.most_common()),
        file_bands={band: of_files[band] for band in Band},
        lines=sum(lines for _, lines in judged),
        finding_lines=sum(new),
        seconds=seconds,
        peak_memory_bytes=peak_memory_bytes,
    )
