"""The results of analysis for functions, files and a whole run, and the comments that switch it off.

Imports neither the inference runtime nor NumPy, so that whatever shows reports starts quickly.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from codeorigin.model.change_verdict import ChangeVerdict
from codeorigin.model.file_verdict import FileVerdict
from codeorigin.model.verdict import Band, Verdict
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
    """All outermost functions of one document, in source order, and the verdict on the file.

    ``verdict`` is None if the model has no rule for whole files.
    """

    language: str
    path: str | None
    functions: tuple[FunctionReport, ...]
    verdict: FileVerdict | None = None


@dataclass(frozen=True, slots=True)
class DeclaredAgent:
    """An agent that a commit names as its ``author`` or in a ``trailer`` (``how``)."""

    commit: str
    agent: str
    how: str


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """Which change was looked at.

    ``kind`` is ``working_tree``, ``index``, ``range`` or ``commit``; ``revision`` the base or the commit as it was asked
    for. ``old`` and ``new`` are names of commits: None before the first one, and for the working tree and the index.
    ``parents`` counts those of a commit. ``declared`` are the agents that the commits themselves name, which is a fact
    and no estimate; None if nobody looked. ``verdict`` is that of the functions that the change wrote, together; None if
    the model has no rule for commits.
    """

    kind: str
    revision: str | None
    old: str | None
    new: str | None
    parents: int = 0
    declared: "tuple[DeclaredAgent, ...] | None" = None
    verdict: ChangeVerdict | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """Totals of one run. ``functions`` counts outermost functions, ``scored`` those with a verdict.

    ``accepted`` counts functions that are no findings because they were accepted.
    ``file_bands`` counts the files with a verdict of their own. ``lines`` counts the lines that are not blank, and
    changed if a change was looked at, of functions with a verdict; ``finding_lines`` those of findings. ``errors``
    does not count the ``skipped``. ``seconds`` is the time spent reading and analysing, without loading the model.
    ``peak_memory_bytes`` is None where the system does not tell.
    """

    files: int = 0
    functions: int = 0
    scored: int = 0
    findings: int = 0
    accepted: int = 0
    errors: int = 0
    skipped: int = 0
    bands: dict[Band, int] = field(default_factory=lambda: dict.fromkeys(Band, 0))
    file_bands: dict[Band, int] = field(default_factory=lambda: dict.fromkeys(Band, 0))
    lines: int = 0
    finding_lines: int = 0
    seconds: float = 0.0
    peak_memory_bytes: int | None = None

    @property
    def functions_per_second(self) -> float | None:
        """Functions over seconds; None when there was nothing to measure."""
        return self.functions / self.seconds if self.functions and self.seconds > 0 else None

    @property
    def finding_share(self) -> float:
        """Share of the lines that count which are in findings; 0 where there are none."""
        return self.finding_lines / self.lines if self.lines else 0.0


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
