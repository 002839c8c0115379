"""A history for a terminal: rows by month, by folder, or by commit as they arrive, then the totals."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from codeorigin.check.formats.text import BAND_STYLES
from codeorigin.cli.console import make_console, padded
from codeorigin.cli.terminal import printable
from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.results import CommitResult
from codeorigin.history.totals import By, Share, Totals, date_of
from codeorigin.model.verdict import Band
from codeorigin.wording import CAVEAT
from codeorigin.wording.figures import probability_decimal
from codeorigin.wording.histories import commit_phrase, declared_phrase, percents, totals_phrases
from codeorigin.wording.past import past_sentence

if TYPE_CHECKING:
    from codeorigin.history.history_run import HistoryRun
    from codeorigin.history.options import HistoryOptions

_COMMIT_HEADING = f"{'commit':<10}  {'date':<10}  {'prob':>5}  {'verdict':<17}  functions    lines"
_SHARE_HEADING = "  commits  functions    lines    human   unsure      llm"


class TextWriter(HistoryWriter):
    """Writes the rows and the totals, with colors only if the stream is a terminal."""

    def __init__(self, run: "HistoryRun", options: "HistoryOptions", stream: TextIO) -> None:
        super().__init__(run, options, stream)
        self._console = make_console(stream)
        if options.by is By.COMMIT:
            self._console.print(Text(_COMMIT_HEADING, "bold"))

    def add(self, result: CommitResult) -> None:
        """Write the row of a commit, if those are the rows."""
        if self.options.by is By.COMMIT:
            self._console.print(_commit(result))

    def finish(self, totals: Totals) -> None:
        """Write the rows of months or folders, and the totals."""
        console, plan = self._console, self.run.plan
        match self.options.by:
            case By.MONTH:
                _write_table(console, totals.months, "month")
            case By.PATH:
                _write_table(console, totals.folders, "folder")
        console.print()
        for phrase in totals_phrases(totals, plan.merges, plan.cut_off, plan.unreadable):
            console.print(Text(phrase))
        if self.run.past is not None:
            console.print(Text(past_sentence(self.run.past)))
        if (said := declared_phrase(totals)) is not None:
            console.print(Text(printable(said)))
        console.print(Text(f"{printable(self.run.model)}. {CAVEAT}", "dim"))


def _commit(result: CommitResult) -> Text:
    text = Text(
        f"{result.commit[:10]}  {date_of(result.seconds)[:10]}  {probability_decimal(result.probability):>5}  "
    )
    style = "dim" if result.band is None else BAND_STYLES[result.band]
    text.append(f"{commit_phrase(result):<17}", style)
    text.append(f"  {result.functions:>9,}  {result.lines:>7,}")
    if result.declared:
        text.append(f"  says so itself: {printable(', '.join(result.declared))}")
    return text


def _write_table(console: Console, rows: Mapping[str, Share], title: str) -> None:
    names = {name: printable(name) or "." for name in sorted(rows)}
    width = max([cell_len(title), *map(cell_len, names.values())])
    console.print(Text(padded(title, width) + _SHARE_HEADING, "bold"))
    for name, shown in names.items():
        share = rows[name]
        line = Text(f"{padded(shown, width)}  {share.commits:>7,}  {share.functions:>9,}  {share.lines:>7,}")
        for band, percent in percents(share).items():
            line.append(f"  {percent:>7}", BAND_STYLES[Band(band)])
        console.print(line)
