"""What the fixtures of the tests of histories are."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from codeorigin.history.open_history import History as OpenedHistory
from codeorigin.history.results import CommitResult

OpenRun = Callable[..., AbstractContextManager[OpenedHistory]]
"""``open_run(folder, ...)``."""
Judge = Callable[..., list[CommitResult]]
"""``judge(folder, ...)``: the results of a run."""
History = Callable[..., tuple[int, str, list[str]]]
"""``history(options...)``: exit code, stdout, lines on stderr."""
