"""Runs parsers in processes that are limited in time and memory, and can be killed.

A parser is native code that cannot be stopped from outside. There are texts in every language that cost it time or
memory in proportion to the square of their size, or that crash it, and some of a hundred characters that it never ends.
"""

import atexit
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from codeorigin.core.budget import Budget
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import CodeOriginError

T = TypeVar("T")

_SECONDS = 3.0
_SECONDS_PER_MILLION = 6.0
"""Processor time for a million characters. Ordinary code takes about a second."""
_USUAL_SECONDS = 0.1
_USUAL_SECONDS_PER_MILLION = 4.0
"""What nearly all texts take at most, of 10,000 that were measured: a quarter of a second less, as a rule."""
_RUN_SECONDS = 10.0
"""What the texts of a run that take longer than usual may take beyond that, and as long again as all others take."""
_OVERDRAFT = 30.0
"""What they may take once that is spent and each is stopped at the usual time; then nothing more is parsed."""
_RESTART = 0.5
"""What it costs to start a process that can parse."""
_PATIENCE = 10.0
"""Seconds to wait for a second of processor time, where the system does not tell how much a process has used."""
_STALLED = 60.0
"""Seconds without any processor time after which a process is given up; on a busy machine, all get some."""
_GRACE = 0.25
"""Seconds that a process has to end its work after it was cancelled. Most do, and to start another one takes time."""

_GONE = (OSError, EOFError, pickle.UnpicklingError)
"""What it looks like that the process has ended."""

_TOO_MUCH = "the syntax takes too much time or memory to read"


class ParseBudgetError(CodeOriginError):
    """The text takes the parser too much time or memory, or crashes it."""


class _ProcessEndedError(Exception):
    """The process has ended before it began with the text."""


class ParserInput(NamedTuple):
    """A text to parse, at most ``seconds`` of processor time, or what its ``document`` has left.

    ``usual`` is what nearly all texts of its size take less than.
    """

    text: str
    language: str
    seconds: float
    usual: float
    document: Budget

    @classmethod
    def of(
        cls, text: str, language: str, document: Budget | None = None, *, seconds: float | None = None
    ) -> "ParserInput":
        """``text`` with what suits its size, as a part of the ``document``, or of that of the current block."""
        usual = _USUAL_SECONDS + _USUAL_SECONDS_PER_MILLION * len(text) / 1e6
        return cls(
            text, language, seconds or _allowance(len(text)), usual, document or _document.get() or Budget()
        )

    def limit(self, run: float) -> float:
        """The processor time that it may take, if its run has so much left; not positive if none."""
        if run < -_OVERDRAFT:
            return 0.0
        return min(self.seconds, self.document.seconds, self.usual + max(0.0, run))

    def cost(self, took: float) -> float:
        """What it takes from its run: nothing if it took no longer than usual; then it gives what it took."""
        return took - self.usual if took > self.usual else -took


def _allowance(characters: int) -> float:
    """Seconds of processor time that a text of so many characters may take."""
    return _SECONDS + _SECONDS_PER_MILLION * characters / 1e6


@dataclass(slots=True)
class _Work:
    """What a process does at the moment, when it must have ended, and whether it was already found to be late.

    ``used`` is the processor time that the process had used when it was last seen to go on, at ``seen``.
    """

    late: float
    cancel: CancelToken
    is_late: bool = False
    used: float = -1.0
    seen: float = 0.0


class _ParserProcess:
    """A process that does one piece of work at a time."""

    def __init__(self) -> None:
        isolation = "-I" if sys.flags.isolated else "-P"
        self._process = subprocess.Popen(
            [sys.executable, isolation, "-m", "codeorigin.languages.parser_process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for this process
        )
        self._changed = threading.Condition()
        self._work: _Work | None = None
        self._is_watched = False
        self.usable = True
        threading.Thread(target=self._watch, daemon=True).start()

    def run(
        self, work: Callable[[str, str], T], texts: "Sequence[ParserInput]", run: Budget, cancel: CancelToken
    ) -> Iterator[T | Exception]:
        """Yield ``work(text, language)`` of each text, in order, or the error; end early if the process ends.

        What the texts take is drawn from their documents and from the ``run``.

        Raises:
            _ProcessEndedError: the process was gone before it began.
        """
        assert self._process.stdin is not None
        try:
            with self._killed_after(_SECONDS * _PATIENCE, cancel):
                pickle.dump((work, texts, run.seconds), self._process.stdin)
                self._process.stdin.flush()
                self._answer()
        except _GONE as error:
            self.usable = False
            cancel.raise_if_cancelled()
            raise _ProcessEndedError from error
        for place, text in enumerate(texts):
            if place and cancel.cancelled:
                self.usable = False  # it would go on with the other texts
                cancel.raise_if_cancelled()
            limit = text.limit(run.seconds)
            try:
                with self._killed_after(max(1.0, limit) * _PATIENCE, cancel):
                    result, took, self.usable = self._answer()
            except _GONE:
                self.usable = False
                cancel.raise_if_cancelled()
                result, took = ParseBudgetError(_TOO_MUCH), max(0.0, limit)
                run.draw(_RESTART)
            if isinstance(result, ParseBudgetError) and limit < min(text.seconds, text.document.seconds):
                run.cut_short += 1
            text.document.draw(took)
            run.draw(text.cost(took))
            yield result
            if not self.usable:
                return

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)

    @contextmanager
    def _killed_after(self, seconds: float, cancel: CancelToken) -> Iterator[None]:
        """Kill the process if the block takes longer than ``seconds``, or goes on after ``cancel`` was triggered."""
        with self._changed:
            self._work = _Work(time.monotonic() + seconds, cancel)
            if not self._is_watched:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._work = None

    def _watch(self) -> None:
        """Look at the work now and then. To start a thread for each text would take longer than to parse most."""
        with self._changed:
            while self.usable:
                work = self._work
                self._is_watched = work is not None
                self._changed.wait(_GRACE if work is not None else None)
                if work is None or work is not self._work:
                    continue
                if work.is_late:
                    self.usable = False
                    self._process.kill()
                work.is_late = work.cancel.cancelled or self._has_stopped(work)

    def _has_stopped(self, work: _Work) -> bool:
        """Whether the process was stopped, or does nothing. Its own limit of processor time ends what is slow."""
        now = time.monotonic()
        state, used = _state_of(self._process.pid)
        if used is None:
            return now > work.late
        if used > work.used:
            work.used, work.seen = used, now
        return state in "Tt" or now - work.seen > _STALLED

    def end(self) -> None:
        """Kill the process, whatever it does."""
        with self._changed:
            self.usable = False
            self._changed.notify()
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with suppress(OSError):  # the rest of a text that the process did not read
                stream.close()


def _state_of(process: int) -> tuple[str, float | None]:
    """The state of a process, as in proc_pid_stat(5), and the seconds of processor time; None where nobody tells."""
    try:
        # The name before the last bracket may contain anything.
        fields = Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return fields[0], (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return "", None


_idle: list[_ParserProcess] = []
"""Processes that have nothing to do. Each thread that parses has one of its own meanwhile."""


_document: ContextVar[Budget | None] = ContextVar("document", default=None)
_run: ContextVar[Budget | None] = ContextVar("run", default=None)


@contextmanager
def one_document(characters: int) -> Iterator[Budget]:
    """Count the texts that the block parses as parts of one document of so many characters.

    Together they may take twice what a text of its size may, so that one that takes too much leaves time for the others.
    """
    budget = Budget(seconds=2 * _allowance(characters))
    token = _document.set(budget)
    try:
        yield budget
    finally:
        _document.reset(token)


def run_budget(*, shared: bool = False) -> Budget:
    """The processor time that the hard texts of one run may take: of a check, a past, a history, a request of an editor.

    Args:
        shared: processes that are started with it draw on it too.
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


def current_run() -> Budget:
    """The budget of :func:`one_run` that this thread is in; one without an end outside of them."""
    return _run.get() or Budget()


def bounded(
    work: Callable[[str, str], T],
    text: str,
    language: str,
    cancel: CancelToken = NEVER,
    *,
    seconds: float | None = None,
) -> T:
    """``work(text, language)`` within limits of time and memory; ``work`` is a function of a module.

    Args:
        work: parses the text.
        text: what to parse.
        language: the language's id.
        seconds: of processor time; by default, what suits the size of the text.

    Raises:
        ParseBudgetError: the text takes too much time or memory, or crashes the parser; or its document took too much.
    """
    (result,) = bounded_all(work, [ParserInput.of(text, language, seconds=seconds)], cancel)
    if isinstance(result, Exception):
        raise result
    return result


def bounded_all(
    work: Callable[[str, str], T], texts: Sequence[ParserInput], cancel: CancelToken = NEVER
) -> list[T | Exception]:
    """:func:`bounded` for many texts, each with limits of its own: the results, or the errors that it would raise.

    They are sent together, because two processes that wait for each other at every text slow both down.

    Raises:
        CodeOriginError: no process can be started.
    """
    cancel.raise_if_cancelled()
    run = current_run()
    found: list[T | Exception] = []
    while len(found) < len(texts):
        process, is_new = _take()
        try:
            found += process.run(work, texts[len(found) :], run, cancel)
        except _ProcessEndedError:
            if is_new:
                raise _cannot_start() from None
        finally:
            if process.usable:
                _idle.append(process)
            else:
                process.end()
    return found


def _take() -> tuple[_ParserProcess, bool]:
    """A process that has nothing to do, and whether it is a new one."""
    try:
        return _idle.pop(), False
    except IndexError:
        pass
    try:
        return _ParserProcess(), True
    except OSError:
        raise _cannot_start() from None


def _cannot_start() -> CodeOriginError:
    return CodeOriginError(
        f"no process for the parser can be started: check that {sys.executable} can run codeorigin"
    )


def start() -> None:
    """Start a process now, unless there is one, so that the first large text does not have to wait for it."""
    if not _idle:
        with suppress(OSError):
            _idle.append(_ParserProcess())


def _end_all() -> None:
    while _idle:
        _idle.pop().end()


atexit.register(_end_all)
if hasattr(os, "register_at_fork"):
    # They belong to the process that started them.
    os.register_at_fork(after_in_child=_idle.clear)
