"""What every format of a history does."""

from abc import ABC, abstractmethod
from typing import TextIO

from codeorigin.history.history_run import HistoryRun
from codeorigin.history.options import HistoryOptions
from codeorigin.history.results import CommitResult
from codeorigin.history.totals import Totals


class HistoryWriter(ABC):
    """Writes a history to ``stream`` while its commits are judged, newest first."""

    def __init__(self, run: HistoryRun, options: HistoryOptions, stream: TextIO) -> None:
        self.run, self.options, self.stream = run, options, stream

    def add(self, result: CommitResult) -> None:  # noqa: B027 - most formats need no other
        """Write a commit; nothing in formats that have only totals."""

    @abstractmethod
    def finish(self, totals: Totals) -> None:
        """Write what follows the last commit; ``totals`` are those of all commits."""
