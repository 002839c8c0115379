"""A history for a terminal: rows by month, then the totals."""

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from codeorigin.check.formats.text import BAND_STYLES
from codeorigin.history.formats import HistoryWriter
from codeorigin.history.totals import Totals
from codeorigin.history.wording import declared_phrase, percents, totals_phrases
from codeorigin.report import CAVEAT
from codeorigin.report.functions import BAND_NAMES
from codeorigin.report.shares import past_sentence
from codeorigin.shell.console import make_console, padded
from codeorigin.shell.terminal import printable

_HEADING = "  commits  functions    lines      human     unsure  likely LLM"


class TextWriter(HistoryWriter):
    """Writes the rows and the totals, with colors only if the stream is a terminal."""

    def finish(self, totals: Totals) -> None:
        """Write the rows of months, and the totals."""
        console, plan = make_console(self.stream), self.history.plan
        _write_months(console, totals)
        console.print()
        for phrase in totals_phrases(totals, plan.merges, plan.cut_off):
            console.print(Text(phrase))
        if self.history.past is not None:
            console.print(Text(past_sentence(self.history.past)))
        if (said := declared_phrase(totals)) is not None:
            console.print(Text(printable(said)))
        console.print(Text(f"{printable(self.history.model)}. {CAVEAT}", "dim"))


def _write_months(console: Console, totals: Totals) -> None:
    width = max([cell_len("month"), *map(cell_len, totals.months)])
    console.print(Text(padded("month", width) + _HEADING, "bold"))
    for name, share in sorted(totals.months.items()):
        line = Text(f"{padded(name, width)}  {share.commits:>7,}  {share.functions:>9,}  {share.lines:>7,}")
        for band, percent in percents(share).items():
            line.append(f"  {percent:>{max(9, len(BAND_NAMES[band]))}}", BAND_STYLES[band])
        console.print(line)
