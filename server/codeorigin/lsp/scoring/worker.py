"""A worker thread: most urgent job first, cancellable, and not stopped by a failing job."""

import asyncio
import heapq
import itertools
import threading
from collections.abc import Callable
from enum import IntEnum
from typing import Any, TypeVar

from codeorigin.cancellation import CancelToken
from codeorigin.errors import Cancelled

T = TypeVar("T")

_SHUTTING_DOWN = "the server is shutting down"


class Priority(IntEnum):
    """Lower runs first."""

    MODEL = 0
    ASKED = 1
    TYPING = 2
    SCAN = 3


class WorkerThread:
    """A daemon thread with a priority queue. Submit jobs on the event loop; results are delivered there.

    It is used instead of ``pygls``'s thread pool, which also reads stdin, or a ThreadPoolExecutor, which keeps
    the process alive until its last job ends.
    """

    def __init__(self) -> None:
        self._jobs: list[tuple[int, int, CancelToken, Callable[[], Any], asyncio.Future[Any]]] = []
        self._ready = threading.Condition()
        self._order = itertools.count()
        self._running: CancelToken | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.changed: Callable[[], None] = lambda: None
        """Called on the event loop when a job was added or has ended."""

    @property
    def queue_length(self) -> int:
        """Number of jobs that are running, or are waiting and not cancelled."""
        with self._ready:
            waiting = sum(not token.cancelled for _, _, token, _, _ in self._jobs)
            return waiting + (self._running is not None)

    def is_wanted_before(self, priority: Priority) -> bool:
        """Whether a job more urgent than ``priority`` is waiting. May be called from any thread."""
        with self._ready:
            return any(waiting < priority and not token.cancelled for waiting, _, token, _, _ in self._jobs)

    def submit(
        self, work: Callable[[], T], *, priority: Priority, token: CancelToken | None = None
    ) -> asyncio.Future[T]:
        """Run ``work`` in the worker. The future raises Cancelled if ``token`` is cancelled before it starts.

        Cancelling the future cancels the token.
        """
        loop = asyncio.get_running_loop()
        token = token or CancelToken()
        future: asyncio.Future[T] = loop.create_future()
        future.add_done_callback(lambda done: token.cancel() if done.cancelled() else None)
        # Retrieve the exception, so that asyncio does not warn about a failure that nobody waits for any more.
        future.add_done_callback(lambda done: None if done.cancelled() else done.exception())
        with self._ready:
            if self._stopping:
                future.set_exception(Cancelled(_SHUTTING_DOWN))
                return future
            heapq.heappush(self._jobs, (priority, next(self._order), token, work, future))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, args=(loop,), name="codeorigin-worker", daemon=True
                )
                self._thread.start()
            self._ready.notify()
        self.changed()
        return future

    def stop(self, timeout: float) -> bool:
        """Cancel everything and wait up to ``timeout`` seconds; return whether the thread has ended.

        Call it on the event loop, or after it was closed. The futures of waiting jobs raise Cancelled.
        """
        with self._ready:
            self._stopping = True
            for _, _, token, _, future in self._jobs:
                token.cancel()
                if not future.done() and not future.get_loop().is_closed():
                    future.set_exception(Cancelled(_SHUTTING_DOWN))
            self._jobs.clear()
            if self._running is not None:
                self._running.cancel()
            self._ready.notify_all()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            with self._ready:
                while not self._jobs and not self._stopping:
                    self._ready.wait()
                if self._stopping:
                    return
                _, _, token, work, future = heapq.heappop(self._jobs)
                self._running = token
            result: Any = None
            failure: BaseException | None = None
            try:
                token.raise_if_cancelled()
                result = work()
            except Exception as error:
                failure = error
            except BaseException as error:
                failure = RuntimeError(f"the job raised {type(error).__name__}")
            with self._ready:
                self._running = None
            try:
                loop.call_soon_threadsafe(self._finish, future, result, failure)
            except RuntimeError:
                return  # the loop is closed because the server has stopped

    def _finish(self, future: asyncio.Future[Any], result: Any, failure: BaseException | None) -> None:
        if not future.done():
            if failure is not None:
                future.set_exception(failure)
            else:
                future.set_result(result)
        self.changed()
