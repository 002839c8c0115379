"""Runs parsers in processes that are limited in time and memory, and can be killed.

A parser is native code that cannot be stopped from outside. There are texts in every language that cost it time or
memory in proportion to the square of their size, or that crash it, and some of a hundred characters that it never ends.
"""

import atexit
import os
import pickle
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from codeorigin.core.budget import Budget
from codeorigin.core.cancellation import NEVER, CancelToken
from codeorigin.core.errors import CodeOriginError
from codeorigin.core.process_state import process_state
from codeorigin.languages.parse_budget import ParseBudgetError, ParserInput, current_run
from codeorigin.languages.parser_start import CAN_FORK, GONE, ForkServer, Loaded, Started, spawned

T = TypeVar("T")

_RESTART = 0.03 if CAN_FORK else 0.5
"""What it costs to replace a process that was killed."""
_PATIENCE = 10.0
"""Seconds to wait for a second of processor time, where the system does not tell how much a process has used."""
_TO_BEGIN = 30.0
"""Seconds in which it must take its texts, there."""
_STALLED = 60.0
"""Seconds without any processor time after which a process is given up; on a busy machine, all get some."""
_GRACE = 0.25
"""Seconds that a process has to end its work after it was cancelled. Most do, and to start another one takes time."""

_TOO_MUCH = "the syntax takes too much time or memory to read"


class _ProcessEndedError(Exception):
    """The process has ended before it began with the text."""


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

    def __init__(self, started: Started) -> None:
        self.started = started
        self._changed = threading.Condition()
        self._work: _Work | None = None
        self._is_watched = False
        self.usable = True
        threading.Thread(target=self._watch, daemon=True).start()

    def run(
        self, work: Callable[[str, str], T], texts: Sequence[ParserInput], run: Budget, cancel: CancelToken
    ) -> Iterator[T | Exception]:
        """Yield ``work(text, language)`` of each text, in order, or the error; end early if the process ends.

        What the texts take is drawn from the ``run``. Raises _ProcessEndedError if the process was gone already.
        """
        try:
            with self._killed_after(_TO_BEGIN, cancel):
                pickle.dump((work, texts, run.seconds), self.started.requests)
                self.started.requests.flush()
                self._answer()
        except GONE as error:
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
                run.draw(text.cost(took, given_up=isinstance(result, ParseBudgetError)))
                if not isinstance(result, Exception):
                    _loaded.add((work, text.language))
            except GONE:
                self.usable = False
                cancel.raise_if_cancelled()
                result, took = ParseBudgetError(_TOO_MUCH), max(0.0, limit)
                run.draw(text.cost(took, given_up=True) + _RESTART)
            if isinstance(result, ParseBudgetError) and limit < text.seconds:
                run.cut_short += 1
            yield result
            if not self.usable:
                return

    def _answer(self) -> Any:
        return pickle.load(self.started.answers)

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
                    self.started.kill()
                work.is_late = work.cancel.cancelled or self._has_stopped(work)

    def _has_stopped(self, work: _Work) -> bool:
        """Whether the process was stopped, or does nothing. Its own limit of processor time ends what is slow."""
        now = time.monotonic()
        state, used = process_state(self.started.pid)
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
        self.started.kill()
        for stream in (self.started.requests, self.started.answers):
            with suppress(OSError):  # the rest of a text that the process did not read
                stream.close()


_idle: list[_ParserProcess] = []
"""Processes that have nothing to do. Each thread that parses has one of its own meanwhile."""
_loaded: Loaded = set()
"""What a process has done already, so that the next one can be forked from one that has loaded it."""
_servers: list[ForkServer] = []
"""The process that others are forked from, if there is one."""
_starting = threading.Lock()


def bounded(
    work: Callable[[str, str], T],
    text: str,
    language: str,
    cancel: CancelToken = NEVER,
    *,
    seconds: float | None = None,
) -> T:
    """``work(text, language)`` within limits of time and memory; ``work`` is a function of a module.

    It gets ``seconds`` of processor time; by default, what suits the size of the text. Raises ParseBudgetError if it
    takes more, or too much memory, or crashes the parser; or if its run took too much.
    """
    (result,) = bounded_all(work, [ParserInput.of(text, language, seconds=seconds)], cancel)
    if isinstance(result, Exception):
        raise result
    return result


def bounded_all(
    work: Callable[[str, str], T], texts: Sequence[ParserInput], cancel: CancelToken = NEVER
) -> list[T | Exception]:
    """:func:`bounded` for many texts, each with limits of its own: the results, or the errors that it would raise.

    They are sent together, because two processes that wait for each other at every text slow both down. Raises
    CodeOriginError if no process can be started.
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
        return _ParserProcess(_started()), True
    except OSError:
        raise _cannot_start() from None


def _started() -> Started:
    if not CAN_FORK:
        return spawned()
    with _starting:
        for is_new in (False, True):
            if is_new or not _servers:
                _servers[:] = [ForkServer()]
            try:
                return _servers[0].fork(_loaded)
            except GONE:
                _servers.pop().close()
    raise OSError("the process that others are forked from has ended")


def _cannot_start() -> CodeOriginError:
    return CodeOriginError(
        f"no process for the parser can be started: check that {sys.executable} can run codeorigin"
    )


def start() -> None:
    """Begin to start a process, unless there is one, so that the first text does not have to wait for it."""
    with _starting, suppress(OSError):
        if CAN_FORK and not _servers:
            _servers.append(ForkServer())
        elif not CAN_FORK and not _idle:
            _idle.append(_ParserProcess(spawned()))


def end_all() -> None:
    """End all processes that have nothing to do."""
    while _idle:
        _idle.pop().end()
    while _servers:
        _servers.pop().close()


def _forget() -> None:
    _idle.clear()
    _servers.clear()


atexit.register(end_all)
if hasattr(os, "register_at_fork"):
    # They belong to the process that started them.
    os.register_at_fork(after_in_child=_forget)
