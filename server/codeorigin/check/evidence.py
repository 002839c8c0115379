"""The findings whose code a page shows, and the evidence of their lines."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from codeorigin.analysis.report import FunctionReport, line_range
from codeorigin.check.result import CheckedFile, CheckResult, Place
from codeorigin.pages.code import MOST_LINES, HeatLine
from codeorigin.text.positions import LineIndex

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer

_OF_A_FILE = 12
_OF_ALL = 4_000
"""Lines of code on a page. With the table of 5,000 functions, it stays below 1.5 MB."""
_OF_A_SLOW_MODEL = 300


def worst_first(result: CheckResult) -> list[CheckedFile]:
    """The files that have functions, those with the most findings first."""

    def badness(file: CheckedFile) -> tuple[int, float]:
        functions = file.report.functions
        found = [each.verdict.probability or 0.0 for each in functions if result.is_finding(each)]
        return -len(found), -sum(found)

    return sorted((file for file in result.files if file.report.functions), key=badness)


def line_evidence(result: CheckResult, analyzer: "Analyzer") -> dict[Place, tuple[HeatLine, ...]]:
    """The first lines of each finding whose code is shown: the strongest of each file, worst files first.

    Raises:
        ModelError: the gradient graph cannot be read.
    """
    left = _OF_A_SLOW_MODEL if analyzer.is_slow else _OF_ALL
    found: dict[Place, tuple[HeatLine, ...]] = {}
    for file in worst_first(result):
        if file.text is None:
            continue
        index = LineIndex(file.text)
        for function in strongest(result, file)[:_OF_A_FILE]:
            if left <= 0:
                return found
            explanation = analyzer.explain(file.text, function.span, function_id=function.function_id)
            values = {each.line: each.value for each in explanation.lines}
            found[file.key(function)] = lines = tuple(_lines(file, index, function, values))
            left -= len(lines)
    return found


def strongest(result: CheckResult, file: CheckedFile) -> list[FunctionReport]:
    """The findings in ``file``, those with the highest probability first."""
    found = [each for each in file.report.functions if result.is_finding(each)]
    return sorted(found, key=lambda each: -(each.verdict.probability or 0.0))


def _lines(
    file: CheckedFile, index: LineIndex, function: FunctionReport, values: Mapping[int, float]
) -> Iterator[HeatLine]:
    first, last = line_range(function)
    for number in range(first, min(last, first + MOST_LINES - 1) + 1):
        changed = any(low <= number <= high for low, high in file.changed or ())
        yield HeatLine(number, index.line_text(number - 1), values.get(number - 1, 0.0), changed)
