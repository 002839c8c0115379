"""Writers of a history in every format. Only those that are asked for are imported."""

from abc import ABC, abstractmethod
from typing import TextIO

from rich.cells import cell_len
from rich.text import Text

from codeorigin.check.formats.text import BAND_STYLES
from codeorigin.history.open_history import History
from codeorigin.history.options import HistoryFormat
from codeorigin.history.results import CommitResult, Totals, declared_phrase, totals_phrases
from codeorigin.model.verdict import Band
from codeorigin.report import CAVEAT
from codeorigin.report.shares import past_sentence
from codeorigin.report.verdicts import BAND_NAMES
from codeorigin.shell.console import make_console, padded, print_sentences
from codeorigin.shell.terminal import printable

_HEADING = "  commits  functions    lines"
_NARROWEST = 9


class HistoryWriter(ABC):
    """Writes a history to ``stream`` while its commits are judged, newest first."""

    def __init__(self, history: History, stream: TextIO) -> None:
        self.history, self.stream = history, stream

    def add(self, result: CommitResult) -> None:  # noqa: B027 - most formats need no other
        """Write a commit; nothing in formats that have only totals."""

    @abstractmethod
    def finish(self, totals: Totals) -> None:
        """Write what follows the last commit; ``totals`` are those of all commits."""


class TextWriter(HistoryWriter):
    """Writes rows by month, then the totals, with colors only if the stream is a terminal."""

    def finish(self, totals: Totals) -> None:
        """Write the rows of months, and the totals."""
        console, plan, past = make_console(self.stream), self.history.plan, self.history.job.how.past
        width = max([cell_len("month"), *map(cell_len, totals.months)])
        widths = {band: max(_NARROWEST, len(name)) for band, name in BAND_NAMES.items()}
        shares = "".join(f"  {BAND_NAMES[band]:>{widths[band]}}" for band in Band)
        console.print(Text(padded("month", width) + _HEADING + shares, "bold"))
        for name, share in sorted(totals.months.items()):
            line = Text(
                f"{padded(name, width)}  {share.commits:>7,}  {share.functions:>9,}  {share.lines:>7,}"
            )
            for band, percent in share.percents().items():
                line.append(f"  {percent:>{widths[band]}}", BAND_STYLES[band])
            console.print(line)
        console.print()
        phrases = totals_phrases(totals, plan.merges, plan.cut_off)
        said = [past_sentence(past)] if past is not None else []
        for phrase in (*phrases, *said, *filter(None, [declared_phrase(totals)])):
            print_sentences(console, Text(printable(phrase)))
        print_sentences(console, Text(f"{printable(self.history.job.model_id)}. {CAVEAT}", "dim"))


def history_writer(history_format: HistoryFormat, history: History, stream: TextIO) -> HistoryWriter:
    """The writer for a format."""
    # ruff: noqa: PLC0415
    match history_format:
        case HistoryFormat.TEXT:
            return TextWriter(history, stream)
        case HistoryFormat.JSON:
            from codeorigin.history.formats.json import JsonWriter

            return JsonWriter(history, stream)
        case HistoryFormat.HTML:
            from codeorigin.history.formats.html import PageWriter

            return PageWriter(history, stream)
