"""What one run may take of what others control: a repository, a commit's message, a pack, a text to parse."""

from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

from codeorigin.core.errors import CodeOriginError


class BudgetError(CodeOriginError):
    """A run has taken all that it may; the result of what it did until then may be used, or left."""


class Budget:
    """Seconds, bytes and items that everything in one run draws on, however many files or commits it reads.

    A limit for each item alone is none for a run: a hundred files of a second each take a hundred seconds. A reader of
    foreign data gets the budget of its run (a check, a past, a hover) and spends from it before the work where the
    cost is known, after it otherwise.

    Args:
        seconds: of processor time, never of a clock: a busy machine must not change a result.
        size: bytes.
        items: files, commits, ranges: whatever the reader counts.
        shared: the processes of a pool that are started with the budget draw on the same seconds.

    ``cut_short`` counts what this process stopped for the sake of the run and would otherwise have let go on.
    """

    def __init__(
        self,
        *,
        seconds: float = float("inf"),
        size: float = float("inf"),
        items: float = float("inf"),
        shared: bool = False,
    ) -> None:
        self._seconds: Any = SimpleNamespace(value=seconds)
        self._lock: AbstractContextManager[object] = nullcontext()
        if shared:
            import multiprocessing  # noqa: PLC0415 - most runs have one process

            self._seconds = multiprocessing.get_context("spawn").Value("d", seconds)
            self._lock = self._seconds.get_lock()
        self.size = size
        self.items = items
        self.cut_short = 0

    @property
    def seconds(self) -> float:
        """What is left; negative if the last work took more."""
        return float(self._seconds.value)

    def draw(self, seconds: float) -> None:
        """Take ``seconds`` of what is left, or give some back; never raises."""
        with self._lock:
            self._seconds.value -= seconds

    def spend(self, *, size: int = 0, items: int = 0) -> None:
        """Take from what is left. Raises BudgetError if one of the three is used up."""
        self.size -= size
        self.items -= items
        if self.seconds <= 0 or min(self.size, self.items) < 0:
            raise BudgetError("this takes more time or memory than a run may take; give it fewer files")
