"""What the fixtures of the tests of histories are."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from codeorigin.history.history_run import HistoryRun
from codeorigin.history.results import CommitResult

OpenRun = Callable[..., AbstractContextManager[HistoryRun]]
"""``open_run(folder, wanted, ...)``."""
Judge = Callable[..., list[CommitResult]]
"""``judge(folder, ...)``: the results of a run."""
History = Callable[..., tuple[int, str, list[str]]]
"""``history(options...)``: exit code, stdout, lines on stderr."""
