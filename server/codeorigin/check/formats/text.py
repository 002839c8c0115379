"""The report for a terminal: one line per function and per file judged as a whole, then the totals."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TextIO

from rich.cells import cell_len
from rich.text import Text

from codeorigin.analysis.report import FunctionReport, line_range, walk
from codeorigin.check.result import CheckedFile, CheckResult
from codeorigin.cli.console import make_console, padded
from codeorigin.cli.terminal import printable, write_all
from codeorigin.model.verdict import Band
from codeorigin.wording import CAVEAT
from codeorigin.wording.changes import declared_sentence, scope_sentence, verdict_sentence
from codeorigin.wording.figures import probability_decimal
from codeorigin.wording.files import file_band_or_reason, file_phrase
from codeorigin.wording.functions import band_or_reason
from codeorigin.wording.past import past_sentence
from codeorigin.wording.titles import TEXT_COLUMNS
from codeorigin.wording.totals import summary_phrases

BAND_STYLES: dict[Band, str] = {Band.LLM: "bold dark_orange", Band.UNSURE: "yellow", Band.HUMAN: "cyan"}
FINDING_MARK = "*"

# A single very long path must not push the figures of all rows out of view.
_WIDEST_LOCATION = 72
# rich takes tens of microseconds per line, and renders a text of many lines faster than the lines one by one.
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Row:
    location: str
    probability: str
    verdict: str
    function: str
    style: str
    finding: bool


def _rows(file: CheckedFile, functions: tuple[FunctionReport, ...], result: CheckResult) -> Iterator[_Row]:
    path = printable(file.shown)
    for depth, function in walk(functions):
        first, last = line_range(function)
        band = function.verdict.band
        yield _Row(
            location=f"{path}:{first}-{last}",
            probability=probability_decimal(function.verdict.probability),
            verdict=band_or_reason(function.verdict),
            function="  " * depth + printable(function.span.qualified_name),
            style=BAND_STYLES[band] if band is not None else "dim",
            finding=result.is_finding(function),
        )
    verdict = file.report.verdict
    if verdict is not None and verdict.probability is not None:
        yield _Row(
            location=path,
            probability=probability_decimal(verdict.probability),
            verdict=file_band_or_reason(verdict),
            function=f"({file_phrase(verdict)})",
            style=BAND_STYLES[verdict.band] if verdict.band is not None else "dim",
            finding=False,
        )


def _pieces(row: _Row, location_width: int, verdict_width: int) -> tuple[str, str, str]:
    """A row in three pieces; the second one gets the style of the row."""
    mark = FINDING_MARK if row.finding else " "
    return (
        f"{mark} {padded(row.location, location_width)}  {row.probability:>5}  ",
        padded(row.verdict, verdict_width),
        f"  {row.function}\n",
    )


def _append(text: Text, row: _Row, location_width: int, verdict_width: int) -> None:
    place, verdict, function = _pieces(row, location_width, verdict_width)
    text.append(place)
    text.append(verdict, row.style)
    text.append(function, "dim" if row.style == "dim" else None)


def write(result: CheckResult, stream: TextIO) -> None:
    """Write the table and the summary to ``stream``, with colors only on a terminal."""
    console = make_console(stream)
    rows = [row for file, functions in result.listed() for row in _rows(file, functions, result)]
    if rows:
        widths = (cell_len(row.location) for row in rows)
        location_width = max(
            len(TEXT_COLUMNS[0]), *(width if width <= _WIDEST_LOCATION else 0 for width in widths)
        )
        verdict_width = max(len(TEXT_COLUMNS[2]), *(cell_len(row.verdict) for row in rows))
        location, probability, verdict, function = TEXT_COLUMNS
        left = f"{padded(location, location_width)}  {probability:>5}  {padded(verdict, verdict_width)}"
        console.print(Text(f"  {left}  {function}", "bold"))
        if console.color_system is None:
            # rich would take longer to print the table than the check took for the code.
            write_all(
                stream,
                "".join(chain.from_iterable(_pieces(row, location_width, verdict_width) for row in rows)),
            )
        else:
            for start in range(0, len(rows), _ROWS_AT_ONCE):
                text = Text()
                for row in rows[start : start + _ROWS_AT_ONCE]:
                    _append(text, row, location_width, verdict_width)
                console.print(text, end="")
        console.print()
    _write_summary(result, stream)


def _write_summary(result: CheckResult, stream: TextIO) -> None:
    console = make_console(stream)
    if result.change is not None:
        console.print(Text(printable(scope_sentence(result.change))))
        if (together := verdict_sentence(result.change)) is not None:
            band = result.change.verdict.band if result.change.verdict is not None else None
            console.print(Text(printable(together), BAND_STYLES[band] if band is not None else "dim"))
        if (said := declared_sentence(result.change)) is not None:
            console.print(Text(printable(said)))
    if result.past is not None:
        console.print(Text(past_sentence(result.past)))
    counted, scored, found, *rest = summary_phrases(result.summary, result.limits)
    console.print(Text(f"{counted}; {scored}"))
    if result.summary.findings:
        found += f" (marked {FINDING_MARK})"
    summary = Text(found, "bold" if result.summary.findings else "")
    summary.append("".join(f"; {phrase}" for phrase in rest), "none")
    console.print(summary)
    console.print(Text(f"{printable(result.model)}. {CAVEAT}", "dim"))
