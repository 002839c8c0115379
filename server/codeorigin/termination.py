"""What must not stay behind when a process is told to end: temporary files and folders, which a signal would leave.

Python ends at once at ``SIGTERM`` and ``SIGHUP``, without its ``finally`` blocks. Raising an error in their place, as
Ctrl-C does, would be lost in some callbacks and in worker processes. So what has to be undone is noted, done by
the signal's handler, and then the process ends by the signal as it would have without.
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
    """While the block runs, a signal that ends the process has ``undo`` called first; its OSErrors are nobody's."""
    key = object()
    _undo[key] = undo
    try:
        yield
    finally:
        del _undo[key]


def handle_termination() -> dict[signal.Signals, signal.Handlers]:
    """From now on, undo what is noted before a signal ends this process. Signals that are handled or ignored stay so.

    Returns:
        What was replaced: nothing outside of the main thread, where Python sets no handlers.
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
    """:func:`handle_termination`, for a while."""
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
