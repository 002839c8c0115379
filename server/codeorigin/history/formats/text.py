"""A history for a terminal: rows by month, by folder, or by commit as they arrive, then the totals."""

from collections.abc import Mapping
from typing import TextIO

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from codeorigin.check.formats.text import BAND_STYLES
from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.history_run import HistoryRun
from codeorigin.history.options import HistoryOptions
from codeorigin.history.results import CommitDetails, CommitResult
from codeorigin.history.totals import By, Share, Totals, date_of
from codeorigin.history.wording import (
    agents_percent,
    commit_phrase,
    declared_lines_phrase,
    declared_phrase,
    percents,
    totals_phrases,
)
from codeorigin.model.verdict import Band
from codeorigin.report import CAVEAT
from codeorigin.report.declared import disagreement_sentence
from codeorigin.report.figures import counted, probability_decimal
from codeorigin.report.past import past_sentence
from codeorigin.shell.console import make_console, padded
from codeorigin.shell.terminal import display_path, printable

_COMMIT_HEADING = f"{'commit':<8}  {'date':<10}  prob.  {'verdict':<10}  func.    lines  subject"
_LONGEST_SUBJECT = 72
_SHARE_HEADING = "  commits  functions    lines      human     unsure        llm"
_DECLARED_HEADING = "    declared"


class TextWriter(HistoryWriter):
    """Writes the rows and the totals, with colors only if the stream is a terminal."""

    def __init__(self, run: HistoryRun, options: HistoryOptions, stream: TextIO) -> None:
        super().__init__(run, options, stream)
        self._console = make_console(stream)
        if options.by is By.COMMIT:
            self._console.print(Text(_COMMIT_HEADING, "bold"))

    def add(self, result: CommitResult) -> None:
        """Write the row of a commit, if those are the rows."""
        if self.options.by is By.COMMIT:
            self._console.print(self._commit(result))

    def _commit(self, result: CommitResult) -> Text:
        text = Text(
            f"{result.commit[:8]}  {date_of(result.seconds)[:10]}  {probability_decimal(result.probability):>5}  "
        )
        style = "dim" if result.band is None else BAND_STYLES[result.band]
        text.append(f"{commit_phrase(result):<10}", style)
        text.append(f"  {result.functions:>5,}  {result.lines:>7,}  ")
        said = f"({', '.join(result.declared)}) " if result.declared else ""
        said += f"({result.moved:,} moved) " if result.moved else ""
        subject = printable(said + self.run.subject(result.commit))
        room = min(_LONGEST_SUBJECT, self._console.width - cell_len(text.plain))
        text.append(
            subject if cell_len(subject) <= room else f"{set_cell_size(subject, max(room - 3, 0))}..."
        )
        text.rstrip()
        return text

    def finish(self, totals: Totals) -> None:
        """Write the rows of months or folders, and the totals."""
        console, plan = self._console, self.run.plan
        match self.options.by:
            case By.MONTH:
                _write_table(console, totals.months, "month")
            case By.PATH:
                _write_table(console, totals.folders, "folder")
        console.print()
        for phrase in totals_phrases(totals, plan.merges, plan.cut_off):
            console.print(Text(phrase))
        if self.run.past is not None:
            console.print(Text(past_sentence(self.run.past)))
        for said in (declared_phrase(totals), declared_lines_phrase(totals.all)):
            if said is not None:
                console.print(Text(printable(said)))
        for kind, commits in self.run.disagreements(totals, with_lines=False):
            console.print(Text(disagreement_sentence(kind, totals.disagree[kind])))
            for details in commits:
                console.print(Text(_disagreeing(details)))
        console.print(Text(f"{printable(self.run.model)}. {CAVEAT}", "dim"))


def _disagreeing(details: CommitDetails) -> str:
    """``  5d2f0c1a  2026-05-11  3 functions, such as parse (src/a.py:10-42)``."""
    result, first = details.result, details.functions[0]
    count = counted(len(details.functions) + details.more, "function")
    place = f"{display_path(first.path)}:{first.first}-{first.last}"
    return printable(
        f"  {result.commit[:8]}  {date_of(result.seconds)[:10]}  {count}, such as {first.name} ({place})"
    )


def _write_table(console: Console, rows: Mapping[str, Share], title: str) -> None:
    names = {name: printable(name) or "." for name in sorted(rows)}
    width = max([cell_len(title), *map(cell_len, names.values())])
    is_declared = any(share.declared_lines for share in rows.values())
    heading = _SHARE_HEADING + (_DECLARED_HEADING if is_declared else "")
    console.print(Text(padded(title, width) + heading, "bold"))
    for name, shown in names.items():
        share = rows[name]
        line = Text(f"{padded(shown, width)}  {share.commits:>7,}  {share.functions:>9,}  {share.lines:>7,}")
        for band, percent in percents(share).items():
            line.append(f"  {percent:>9}", BAND_STYLES[Band(band)])
        if is_declared:
            line.append(f"  {agents_percent(share):>10}")
        console.print(line)
