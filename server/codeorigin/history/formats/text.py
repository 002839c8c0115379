"""A history for a terminal: rows by month, by folder, or by commit as they arrive, then the totals."""

from collections.abc import Mapping
from typing import TextIO

from rich.text import Text

from codeorigin.check.formats.text import BAND_STYLES
from codeorigin.cli.console import make_console
from codeorigin.cli.terminal import printable
from codeorigin.history.formats.report import HistoryReport
from codeorigin.history.results import CommitResult
from codeorigin.history.totals import Share, Totals, date_of
from codeorigin.model.verdict import Band
from codeorigin.wording import CAVEAT
from codeorigin.wording.figures import probability_decimal
from codeorigin.wording.histories import commit_phrase, declared_phrase, percents, totals_phrases


def write(report: HistoryReport, stream: TextIO) -> None:
    """Write the rows and the totals, with colors only if ``stream`` is a terminal."""
    console, totals = make_console(stream), Totals()
    streamed = report.by == "commit"
    if streamed:
        console.print(Text("commit      date        prob  verdict            functions  lines", "bold"))
    for result in report.results:
        totals.add(result)
        if streamed:
            console.print(_commit(result))
    if not streamed:
        rows = totals.months if report.by == "month" else totals.folders
        for line in _table(rows, "month" if report.by == "month" else "folder"):
            console.print(line)
    console.print()
    left = report.left_out
    for phrase in totals_phrases(totals, left.merges, left.cut_off, left.unreadable):
        console.print(Text(phrase))
    if (said := declared_phrase(totals)) is not None:
        console.print(Text(printable(said)))
    console.print(Text(f"{printable(report.model)}. {CAVEAT}", "dim"))


def _commit(result: CommitResult) -> Text:
    text = Text(
        f"{result.commit[:10]}  {date_of(result.seconds)[:10]}  {probability_decimal(result.probability):>4}  "
    )
    style = "dim" if result.band is None else BAND_STYLES[result.band]
    text.append(f"{commit_phrase(result):<17}", style)
    text.append(f"  {result.functions:>9,}  {result.lines:>5,}")
    if result.declared:
        text.append(f"  says so itself: {printable(', '.join(result.declared))}")
    return text


def _table(rows: Mapping[str, Share], title: str) -> list[Text]:
    names = [printable(name) or "." for name in sorted(rows)]
    width = max([len(title), *map(len, names)])
    lines = [
        Text(f"{title:<{width}}  commits  functions    lines    human   unsure      llm", "bold"),
    ]
    for name, (_, share) in zip(names, sorted(rows.items()), strict=True):
        line = Text(f"{name:<{width}}  {share.commits:>7,}  {share.functions:>9,}  {share.lines:>7,}")
        for band, percent in percents(share).items():
            line.append(f"  {percent:>7}", BAND_STYLES[Band(band)])
        lines.append(line)
    return lines
