"""Processes of our own: how they treat Ctrl-C, and when they end."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from multiprocessing import util
from multiprocessing.connection import wait
from typing import Any, ParamSpec, TypeVar

from codeorigin.core.garbage import collect_seldom
from codeorigin.core.safe_path import trust_no_folder
from codeorigin.core.termination import handle_termination, undone_at_termination

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


class WorkerPool:
    """``workers`` processes, each of which first calls ``begin`` with ``arguments``.

    They leave Ctrl-C to this process, and end when it ends, however that happens.
    """

    def __init__(self, workers: int, begin: Callable[..., None], *arguments: Any) -> None:
        trust_no_folder()
        self.workers = workers
        # A forked process would share the inference runtime's locks and threads.
        context = multiprocessing.get_context("spawn")
        # A signal ends this process without its finalizers, and the resource tracker would warn of semaphores that leak.
        self._ending = ExitStack()
        self._ending.enter_context(undone_at_termination(lambda: util._run_finalizers(0)))  # type: ignore[attr-defined]
        self._pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(begin, arguments))

    def submit(
        self, work: Callable[_Arguments, _Result], *args: _Arguments.args, **kwargs: _Arguments.kwargs
    ) -> "Future[_Result]":
        """Start ``work`` in a process; raises BrokenProcessPool if one has ended without being asked."""
        with _interrupts_held():
            return self._pool.submit(work, *args, **kwargs)

    def stop(self) -> None:
        """End the processes without waiting for their results."""
        for process in list((self._pool._processes or {}).values()):
            process.terminate()
        self.close()

    def close(self) -> None:
        """Wait for the work that has begun, then end the processes."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._ending.close()


@contextmanager
def _interrupts_held() -> Iterator[None]:
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
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    handle_termination()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _begin(begin: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    begin_worker()
    begin(*arguments)


def _end_with_parent() -> None:
    """Exit when the parent process is gone, however it ended, because nothing else would notify this one."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
