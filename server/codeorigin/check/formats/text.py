"""The report for a terminal: one line per function, the likeliest LLM-written first, then the totals."""

import os.path
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from codeorigin.analysis.judged import JudgedFile, JudgedFunction, line_range, walk
from codeorigin.check.formats import Show
from codeorigin.check.result import (
    FIRST_OF_A_LIST,
    CheckResult,
    change_sentences,
    declared_line,
    disagreements,
)
from codeorigin.model.verdict import Band, Limits
from codeorigin.report import SHORT_CAVEAT
from codeorigin.report.declared import disagreement_sentence
from codeorigin.report.figures import counted, probability_decimal
from codeorigin.report.shares import errors_here, past_sentence
from codeorigin.report.totals import Summary, summary_sentences
from codeorigin.report.verdicts import band_or_reason
from codeorigin.shell.console import make_console, padded, print_sentences
from codeorigin.shell.terminal import printable, write_all
from codeorigin.text.literal_text import explain_command

BAND_STYLES: dict[Band, str] = {Band.LLM: "bold dark_orange", Band.UNSURE: "yellow", Band.HUMAN: "cyan"}

_COLUMNS = ("prob.", "verdict", "file and lines", "function")

MOST_FINDINGS = 50
"""A longer list is read by nobody; `--show all` has it."""
ACCEPT_ALL = "codeorigin check --update-baseline"
# A long path must not push the names of all functions out of a narrow window.
WIDEST_LOCATION = 48
"""In columns of a terminal; a longer one widens only its own row."""
# rich takes tens of microseconds per line, and renders a text of many lines faster than the lines one by one.
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class _Row:
    probability: str
    verdict: str
    location: str
    function: str
    style: str


def _function_rows(file: JudgedFile, function: JudgedFunction, show: Show) -> Iterator[_Row]:
    """A row for an outermost function, and if all are shown, one for each function in it."""
    for depth, shown in walk((function,)) if show is Show.ALL else [(0, function)]:
        band = shown.verdict.band
        yield _Row(
            probability=probability_decimal(shown.verdict.probability),
            verdict="accepted" if function.accepted and not depth else band_or_reason(shown.verdict),
            location=printable(file.where(shown)),
            function="  " * depth + printable(shown.span.qualified_name),
            style=BAND_STYLES[band] if band is not None else "dim",
        )


def _rows(result: CheckResult, show: Show) -> list[_Row]:
    """The rows the likeliest first; what has no probability comes last."""
    placed: list[tuple[float | None, Iterator[_Row]]] = []
    for file in result.files:
        placed += (
            (function.verdict.probability, _function_rows(file, function, show))
            for function in file.functions
            if show is Show.ALL or function.is_finding
        )
    placed.sort(key=lambda row: (row[0] is None, -(row[0] or 0.0)))
    return list(chain.from_iterable(rows for _, rows in placed))


def write(result: CheckResult, stream: TextIO, show: Show = Show.FINDINGS, *, verbose: bool = False) -> None:
    """Write the list and the summary to ``stream``, with colors only on a terminal."""
    console = make_console(stream)
    if rows := _rows(result, show):
        if result.is_compared:
            print_sentences(console, Text(f"{errors_here(result.past)}\n", "dim"))
        most = len(rows) if show is Show.ALL else MOST_FINDINGS
        _write_rows(rows[:most], console, stream, with_verdicts=show is Show.ALL)
        if rows[most:]:
            console.print(Text(f"{len(rows) - most:,} more: --show all", "dim"))
        console.print()
    _write_summary(result, console, verbose=verbose)
    _write_disagreements(result, console, all_of_them=show is Show.ALL)
    if (step := _next_step(result)) is not None:
        console.print(Text(step, "dim"))


def _next_step(result: CheckResult) -> str | None:
    """What to do with the likeliest finding; None without findings, or if none can be named in a command."""
    found = max(result.findings(), key=lambda found: found[1].verdict.probability or 0.0, default=None)
    if found is None:
        return None
    file, function = found
    why = explain_command(file.path, line_range(function)[0])
    # What is shown of an odd name, of a cell or of stdin is no path; what a CI system obeys is not printed.
    if why is None or printable(why) != why or not os.path.isfile(file.shown):  # noqa: PTH113 - False for what is no path at all
        return None
    return (
        f"See why: {why}" if result.change is not None else f"See why: {why}\nAccept all here: {ACCEPT_ALL}"
    )


def _write_rows(rows: Sequence[_Row], console: Console, stream: TextIO, *, with_verdicts: bool) -> None:
    widths = (cell_len(row.location) for row in rows)
    location_width = max(len(_COLUMNS[2]), *(width if width <= WIDEST_LOCATION else 0 for width in widths))
    verdict_width = max(len(_COLUMNS[1]), *(cell_len(row.verdict) for row in rows))

    def pieces(row: _Row) -> tuple[str, str, str]:
        """A row in three pieces; the second one gets the style of the row."""
        verdict = f"  {padded(row.verdict, verdict_width)}" if with_verdicts else ""
        return (
            "",
            f"{row.probability:>5}{verdict}",
            f"  {padded(row.location, location_width)}  {row.function}\n",
        )

    console.print(Text("".join(pieces(_Row(*_COLUMNS, ""))), "bold"), end="")
    if console.color_system is None:
        # rich would take longer to print the table than the check took for the code.
        write_all(stream, "".join(chain.from_iterable(map(pieces, rows))))
    else:
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            text = Text()
            for row in rows[start : start + _ROWS_AT_ONCE]:
                _, styled, rest = pieces(row)
                text.append(styled, row.style)
                text.append(rest, "dim" if row.style == "dim" else None)
            console.print(text, end="")


def _write_summary(result: CheckResult, console: Console, *, verbose: bool) -> None:
    whole = None if result.change is None else result.change.verdict
    band = None if whole is None else whole.band
    for about, said in change_sentences(result):
        if about in {"moved", "declared"}:
            print_sentences(console, Text(printable(said)))
        elif verbose or (about == "verdict" and band is not None):
            style = "" if about == "scope" else "dim" if band is None else BAND_STYLES[band]
            print_sentences(console, Text(printable(said), style))
    found, *rest = summary_sentences(result.summary)
    console.print(Text(found, "bold" if result.summary.findings else ""))
    if (declared := declared_line(result)) is not None:
        print_sentences(console, Text(printable(declared)))
    if result.summary.findings:
        print_sentences(console, Text(" ".join([*rest, SHORT_CAVEAT]), "dim"))
    if verbose:
        if result.past is not None:
            print_sentences(console, Text(past_sentence(result.past)))
        print_sentences(console, Text("; ".join(_run_phrases(result.summary, result.limits))))
        console.print(Text(printable(result.model), "dim"))


def _write_disagreements(result: CheckResult, console: Console, *, all_of_them: bool) -> None:
    for kind, found in disagreements(result).items():
        console.print(Text(f"\n{disagreement_sentence(kind, len(found))}"))
        shown = found if all_of_them else found[:FIRST_OF_A_LIST]
        for file, function in shown:
            named = f"{file.where(function)}  {function.span.qualified_name}"
            console.print(Text(f"  {printable(named)}"))
        if len(shown) < len(found):
            console.print(Text(f"  and {len(found) - len(shown):,} more (--show all)", "dim"))


def _run_phrases(summary: Summary, limits: Limits) -> list[str]:
    """What was read, by which threshold, how fast, and with how much memory."""
    without = f" ({summary.without_functions:,} without)" if summary.without_functions else ""
    phrases = [
        f"{counted(summary.functions, 'function')} in {counted(summary.files, 'file')}{without}",
        f"{counted(summary.findings, 'finding')} at {_threshold(limits)}",
    ]
    rate = summary.functions_per_second
    if rate is not None:
        phrases.append(f"{rate:,.0f} functions/s" if rate >= 10 else f"{rate:.1f} functions/s")
    if summary.peak_memory_bytes is not None:
        phrases.append(f"peak memory {summary.peak_memory_bytes / 2**20:,.0f} MiB")
    return phrases


def _threshold(limits: Limits) -> str:
    """The threshold that determines what is a finding."""
    if limits.threshold is not None:
        return f"threshold {limits.threshold:g}"
    if limits.false_positive_rate is not None:
        return f"false-positive rate {limits.false_positive_rate:g}"
    return "the model's threshold"
