"""The evidence of the findings whose code a report shows."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

from codeorigin.analysis.judged import JudgedFile, JudgedFunction, line_range
from codeorigin.check.result import CheckResult
from codeorigin.report.code import MOST_LINES, HeatLine, syntax_of
from codeorigin.text.positions import LineIndex

if TYPE_CHECKING:
    from codeorigin.analysis.analyzer import Analyzer

_MOST_FINDINGS_OF_A_FILE = 12
_MOST_CODE_LINES = 4_000
"""With the table of 5,000 functions, a page stays below 1.5 MB."""
_MOST_CODE_LINES_SLOW = 300
"""The same if the model takes long to explain."""


def line_evidence(
    result: CheckResult, analyzer: "Analyzer", most: float = float("inf")
) -> dict[tuple[str, int], tuple[HeatLine, ...]]:
    """The first lines of each finding whose code is shown: the strongest ``most``.

    Without that limit, as many as a page holds: the strongest of each file, worst files first.

    Raises:
        ModelError: the gradient graph cannot be read.
    """
    left = _MOST_CODE_LINES_SLOW if analyzer.is_slow else _MOST_CODE_LINES
    chosen = list(_of_page(result)) if most == float("inf") else result.strongest()[: int(most)]
    index_of = cache(LineIndex)
    found: dict[tuple[str, int], tuple[HeatLine, ...]] = {}
    for file, function in chosen:
        if file.text is None:
            continue
        if left <= 0:
            break
        explanation = analyzer.explainer.explain(file.text, function, result.past)
        values = {line.line: line.value for line in explanation.lines}
        found[file.key(function)] = lines = tuple(_lines(file, function, values, index_of(file.text)))
        left -= len(lines)
    return found


def _of_page(result: CheckResult) -> Iterator[tuple[JudgedFile, JudgedFunction]]:
    for file in worst_first(result):
        for function in strongest(file)[:_MOST_FINDINGS_OF_A_FILE]:
            yield file, function


def strongest(file: JudgedFile) -> list[JudgedFunction]:
    """The findings in ``file``, those with the highest probability first."""
    return sorted(file.findings(), key=lambda function: -(function.verdict.probability or 0.0))


def _lines(
    file: JudgedFile, function: JudgedFunction, values: Mapping[int, float], index: LineIndex
) -> Iterator[HeatLine]:
    first, last = line_range(function)
    numbers = range(first, min(last, first + MOST_LINES - 1) + 1)
    texts = [index.line_text(number - 1) for number in numbers]
    for number, text, syntax in zip(numbers, texts, syntax_of(texts, function.span.language), strict=True):
        changed = any(low <= number <= high for low, high in file.changed or ())
        yield HeatLine(number, text, values.get(number - 1, 0.0), changed, syntax)


def worst_first(result: CheckResult) -> list[JudgedFile]:
    """The files that have functions, those with the most findings first."""

    def badness(file: JudgedFile) -> tuple[int, float]:
        found = [function.verdict.probability or 0.0 for function in file.findings()]
        return -len(found), -sum(found)

    return sorted((file for file in result.files if file.functions), key=badness)
