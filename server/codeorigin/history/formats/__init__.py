"""Writers of a history in every format. Only those that are asked for are imported."""

from abc import ABC, abstractmethod
from typing import TextIO

from codeorigin.history.open_history import History
from codeorigin.history.options import HistoryFormat, HistoryOptions
from codeorigin.history.results import CommitResult
from codeorigin.history.totals import Totals


class HistoryWriter(ABC):
    """Writes a history to ``stream`` while its commits are judged, newest first."""

    def __init__(self, history: History, options: HistoryOptions, stream: TextIO) -> None:
        self.history, self.options, self.stream = history, options, stream

    def add(self, result: CommitResult) -> None:  # noqa: B027 - most formats need no other
        """Write a commit; nothing in formats that have only totals."""

    @abstractmethod
    def finish(self, totals: Totals) -> None:
        """Write what follows the last commit; ``totals`` are those of all commits."""


def history_writer(
    history_format: HistoryFormat, history: History, options: HistoryOptions, stream: TextIO
) -> HistoryWriter:
    """The writer for a format."""
    # ruff: noqa: PLC0415
    match history_format:
        case HistoryFormat.TEXT:
            from codeorigin.history.formats.text import TextWriter

            return TextWriter(history, options, stream)
        case HistoryFormat.JSON:
            from codeorigin.history.formats.json import JsonWriter

            return JsonWriter(history, options, stream)
        case HistoryFormat.HTML:
            from codeorigin.history.formats.html import PageWriter

            return PageWriter(history, options, stream)
