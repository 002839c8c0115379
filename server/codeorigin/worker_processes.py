"""Common behaviour of worker processes: how they treat Ctrl-C, and when they exit."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import wait

from codeorigin.termination import handle_termination


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Start processes inside the block with Ctrl-C blocked, because only the parent process should handle it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin_worker() -> None:
    """Set up a worker process; call this first in it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    handle_termination()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Exit when the parent process is gone, however it ended, because nothing else would notify this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
