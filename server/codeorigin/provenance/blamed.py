"""A file with what is declared about its lines and what is estimated of its functions."""

from dataclasses import dataclass

from codeorigin.analysis.report import FunctionReport
from codeorigin.declared.records import Record


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line (1-based) with its text, its record and its ``weight`` in logits; None outside of judged functions."""

    number: int
    text: str
    record: Record | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class BlamedFile:
    """All lines of a file, and its outermost functions with their first and last lines."""

    path: str
    model: str
    lines: tuple[BlamedLine, ...]
    functions: tuple[tuple[FunctionReport, int, int], ...]
