"""The processor time that texts may take a parser: each by its size, and those of a run together."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from codeorigin.core.budget import Budget
from codeorigin.core.errors import CodeOriginError

SECONDS = 3.0
_SECONDS_PER_MILLION = 6.0
"""Processor time for a million characters. Ordinary code takes about a second."""
_USUAL_SECONDS = 0.1
_USUAL_SECONDS_PER_MILLION = 4.0
"""What nearly all texts take at most, of 10,000 that were measured: a quarter of a second less, as a rule."""
_RUN_SECONDS = 10.0
"""What the texts of a run that take longer than usual may take beyond that, and as long again as all others take."""
_OVERDRAFT = 30.0
"""What they may take once that is spent and each is stopped at the usual time; then nothing more is parsed."""


class ParseBudgetError(CodeOriginError):
    """The text takes the parser too much time or memory, or crashes it."""


class ParserInput(NamedTuple):
    """A text to parse, at most ``seconds`` of processor time; nearly all texts of its size take less than ``usual``."""

    text: str
    language: str
    seconds: float
    usual: float

    @classmethod
    def of(cls, text: str, language: str, *, seconds: float | None = None) -> "ParserInput":
        """``text`` with what suits its size, unless it may take that many ``seconds``."""
        usual = _USUAL_SECONDS + _USUAL_SECONDS_PER_MILLION * len(text) / 1e6
        return cls(text, language, seconds or SECONDS + _SECONDS_PER_MILLION * len(text) / 1e6, usual)

    def limit(self, run: float) -> float:
        """The processor time that it may take, if its run has so much left; not positive if none."""
        if run < -_OVERDRAFT:
            return 0.0
        return min(self.seconds, self.usual + max(0.0, run))

    def cost(self, took: float, *, given_up: bool) -> float:
        """What it takes from its run: all if it was ``given_up``. If it took no longer than usual, it gives that."""
        if given_up:
            return took
        return took - self.usual if took > self.usual else -took


_run: ContextVar[Budget | None] = ContextVar("run", default=None)


def run_budget(*, shared: bool = False) -> Budget:
    """The processor time that the hard texts of one run may take: of a check, a past, a history, a request of an editor.

    If it is ``shared``, processes that are started with it draw on it too.
    """
    return Budget(seconds=_RUN_SECONDS, shared=shared)


@contextmanager
def one_run(budget: Budget) -> Iterator[None]:
    """Draw on ``budget`` for all texts that this thread parses in the block.

    A text that takes no longer than usual costs nothing, so a run of any size may parse all of these. Once the budget
    is spent, what takes longer is given up.
    """
    token = _run.set(budget)
    try:
        yield
    finally:
        _run.reset(token)


_outside = run_budget()


def current_run() -> Budget:
    """The budget of :func:`one_run` that this thread is in; outside of them, all texts of the process have one."""
    return _run.get() or _outside
