"""What the fixtures of the tests of histories are."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from codeorigin.history.results import CommitResult
from codeorigin.history.run import HistoryRun

OpenRun = Callable[..., AbstractContextManager[HistoryRun]]
"""``open_run(folder, wanted, ...)``."""
Judge = Callable[..., list[CommitResult]]
"""``judge(folder, ...)``: the results of a run."""
History = Callable[..., tuple[int, str, list[str]]]
"""``history(options...)``: exit code, stdout, lines on stderr."""
