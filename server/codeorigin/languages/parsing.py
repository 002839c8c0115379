"""Runs parsers in processes that are limited in time and memory, and can be killed.

A parser is native code that cannot be stopped from outside. There are texts in every language that cost it time or
memory in proportion to the square of their size, or that crash it, and some of a hundred characters that it never ends.
"""

import atexit
import math
import os
import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from codeorigin.cancellation import NEVER, CancelToken
from codeorigin.errors import CodeOriginError

T = TypeVar("T")

_SECONDS = 3.0
_SECONDS_PER_MILLION = 6.0
"""Processor time for a million characters. Ordinary code takes about a second."""
_PATIENCE = 10.0
"""Seconds to wait for a second of processor time, on a busy machine or one that cannot limit the time of a process."""
_GRACE = 0.25
"""Seconds that a process has to end its work after it was cancelled. Most do, and to start another one takes time."""

_TOO_MUCH = "the syntax takes too much time or memory to read"


class ParseBudgetError(CodeOriginError):
    """The text takes the parser too much time or memory, or crashes it."""


class _ProcessEndedError(Exception):
    """The process has ended before it began with the text."""


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
        self._lock = threading.Lock()
        self.usable = True

    def run(
        self, work: Callable[[str, str], T], text: str, language: str, seconds: float, cancel: CancelToken
    ) -> tuple[T, float]:
        """``work(text, language)``, done by the process within ``seconds`` of processor time, and how many it took.

        Raises:
            Cancelled: ``cancel`` was triggered.
            ParseBudgetError: the process was killed or has crashed.
            _ProcessEndedError: the process was gone before.
        """
        assert self._process.stdin is not None
        with self._killed_after(seconds * _PATIENCE, cancel):
            try:
                pickle.dump((work, text, language, seconds), self._process.stdin)
                self._process.stdin.flush()
                self._answer()
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                self.usable = False
                cancel.raise_if_cancelled()
                raise _ProcessEndedError from error
            try:
                succeeded, result, took = self._answer()
            except (OSError, EOFError, pickle.UnpicklingError):
                self.usable = False
                cancel.raise_if_cancelled()
                raise ParseBudgetError(_TOO_MUCH) from None
        if not succeeded:
            raise result
        return result, took

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return pickle.load(self._process.stdout)

    @contextmanager
    def _killed_after(self, seconds: float, cancel: CancelToken) -> Iterator[None]:
        """Kill the process if the block takes longer than ``seconds``, or goes on after ``cancel`` was triggered."""
        done = threading.Event()

        def watch() -> None:
            late = time.monotonic() + seconds
            while not done.wait(_GRACE):
                if time.monotonic() > late or cancel.cancelled:
                    break
            if not done.wait(_GRACE):
                self._kill_unless(done)

        threading.Thread(target=watch, daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                done.set()

    def _kill_unless(self, done: threading.Event) -> None:
        with self._lock:
            if not done.is_set():
                self.usable = False
                self._process.kill()

    def end(self) -> None:
        """Kill the process, whatever it does."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            with suppress(OSError):  # the rest of a text that the process did not read
                stream.close()


_idle: list[_ParserProcess] = []
"""Processes that have nothing to do. Each thread that parses has one of its own meanwhile."""


@dataclass(slots=True)
class _Budget:
    """Seconds of processor time that are left."""

    left: float

    @classmethod
    def of(cls, characters: int) -> "_Budget":
        """What one text of so many characters may take."""
        return cls(_SECONDS + _SECONDS_PER_MILLION * characters / 1e6)


_document: ContextVar[_Budget | None] = ContextVar("document", default=None)


@contextmanager
def one_document(characters: int) -> Iterator[None]:
    """Count the texts that the block parses as parts of one document of so many characters.

    Together they may take twice what a text of its size may, so that one that takes too much leaves time for the others.
    """
    token = _document.set(_Budget(2 * _Budget.of(characters).left))
    try:
        yield
    finally:
        _document.reset(token)


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
        cancel: stops the work.
        seconds: of processor time, rounded up; by default, what suits the size of the text.

    Raises:
        Cancelled: ``cancel`` was triggered.
        ParseBudgetError: the text takes too much time or memory, or crashes the parser; or its document took too much.
    """
    cancel.raise_if_cancelled()
    document = _document.get() or _Budget(math.inf)
    if document.left <= 0:
        raise ParseBudgetError(_TOO_MUCH)
    seconds = min(seconds or _Budget.of(len(text)).left, document.left)
    try:
        result, took = _elsewhere(work, text, language, seconds, cancel)
    except ParseBudgetError:
        document.left -= seconds
        raise
    document.left -= took
    return result


def _elsewhere(
    work: Callable[[str, str], T], text: str, language: str, seconds: float, cancel: CancelToken
) -> tuple[T, float]:
    while _idle:
        try:
            return _run(_idle.pop(), work, text, language, seconds, cancel)
        except _ProcessEndedError:
            continue
        except IndexError:  # another thread took the last one
            break
    try:
        return _run(_ParserProcess(), work, text, language, seconds, cancel)
    except (OSError, _ProcessEndedError):
        raise CodeOriginError(
            f"no process for the parser can be started: check that {sys.executable} can run codeorigin"
        ) from None


def _run(
    process: _ParserProcess,
    work: Callable[[str, str], T],
    text: str,
    language: str,
    seconds: float,
    cancel: CancelToken,
) -> tuple[T, float]:
    try:
        return process.run(work, text, language, seconds, cancel)
    finally:
        if process.usable:
            _idle.append(process)
        else:
            process.end()


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
