"""Cleans up temporary files and folders when a signal terminates the process.

On ``SIGTERM`` and ``SIGHUP`` Python exits at once, without running ``finally`` blocks. Raising an exception instead, as
Ctrl-C does, would be lost in some callbacks and in worker processes. So cleanup functions are registered here, the
signal handler runs them, and then the process dies from the same signal as it would have without the handler.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

_NAMES = ("SIGTERM", "SIGHUP")
_undo: dict[object, Callable[[], object]] = {}


@contextmanager
def undone_at_termination(undo: Callable[[], object]) -> Iterator[None]:
    """While the block runs, a terminating signal calls ``undo`` first; any OSError from it is ignored."""
    key = object()
    _undo[key] = undo
    try:
        yield
    finally:
        del _undo[key]


def handle_termination() -> dict[signal.Signals, signal.Handlers]:
    """From now on, run the registered cleanups before a signal ends this process.

    Signals that already have a handler or are ignored are left alone. Returns the handlers that were replaced; none
    outside the main thread, where Python cannot set handlers.
    """
    if threading.current_thread() is not threading.main_thread():
        return {}
    numbers = [signal.Signals[name] for name in _NAMES if hasattr(signal, name)]
    usual = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in usual:
        signal.signal(number, _end)
    return dict.fromkeys(usual, signal.SIG_DFL)


@contextmanager
def termination_handled() -> Iterator[None]:
    """:func:`handle_termination` while the block runs."""
    before = handle_termination()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(number: int, _: FrameType | None) -> None:
    for undo in list(_undo.values()):
        with suppress(OSError):
            undo()
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
