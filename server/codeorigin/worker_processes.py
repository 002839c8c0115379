"""What processes that work for this one have in common: who answers Ctrl-C, and when they end."""

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
    """Processes that start here never see Ctrl-C, which a terminal sends to all: only the first one answers it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin_worker() -> None:
    """To be called first in a process that works for another one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    handle_termination()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Leave when the first process is gone, however it went: nobody else would tell this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
