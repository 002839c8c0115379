"""A worker thread: most urgent job first, cancellable, and not stopped by a failing job."""

import asyncio
import heapq
import itertools
import threading
from collections.abc import Callable
from enum import IntEnum
from functools import partial
from typing import Any, TypeVar

from codeorigin.core.cancellation import CancelToken, CancelWhen
from codeorigin.core.errors import Cancelled

T = TypeVar("T")

_SHUTTING_DOWN = "the server is shutting down"
_FEW = 16
"""So many waiting jobs are never looked through for cancelled ones."""
_Job = tuple[int, int, CancelToken, Callable[[CancelToken], Any], asyncio.Future[Any]]


class Priority(IntEnum):
    """Lower runs first."""

    MODEL = 0
    ASKED = 1
    TYPING = 2
    SCAN = 3
    IDLE = 4
    """What nobody has asked for: it does not count as work."""


class WorkerThread:
    """A daemon thread with a priority queue. Submit jobs on the event loop; results are delivered there.

    It is used instead of ``pygls``'s thread pool, which also reads stdin, or a ThreadPoolExecutor, which keeps
    the process alive until its last job ends.
    """

    def __init__(self) -> None:
        self._jobs: list[_Job] = []
        self._room = _FEW
        self._ready = threading.Condition()
        self._order = itertools.count()
        self._running: _Job | None = None
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.changed: Callable[[], None] = lambda: None
        """Called on the event loop when a job was added or has ended."""

    @property
    def queue_length(self) -> int:
        """Number of jobs that are running, or are waiting and not cancelled, without idle ones."""
        with self._ready:
            jobs = self._jobs if self._running is None else [*self._jobs, self._running]
            return sum(
                job[0] < Priority.IDLE and (job is self._running or not job[2].cancelled) for job in jobs
            )

    def submit(
        self,
        work: Callable[[CancelToken], T],
        priority: Priority = Priority.SCAN,
        token: CancelToken | None = None,
    ) -> asyncio.Future[T]:
        """Run ``work`` in the worker. The future raises Cancelled if ``token`` is cancelled before it starts.

        ``work`` gets a token that is also cancelled once a more urgent job waits. If it then raises Cancelled, it runs
        again when its turn comes. Cancelling the future cancels the token.
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
            if len(self._jobs) >= self._room:
                self._drop_cancelled()
            heapq.heappush(self._jobs, (priority, next(self._order), token, work, future))
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, args=(loop,), name="codeorigin-worker", daemon=True
                )
                self._thread.start()
            self._ready.notify()
        self.changed()
        return future

    def _drop_cancelled(self) -> None:
        """Forget waiting jobs that are cancelled: while somebody types, idle ones would pile up with their texts.

        Not again before there are twice as many: thousands of documents may be opened at once.
        """
        left = []
        for job in self._jobs:
            _, _, token, _, future = job
            if not token.cancelled:
                left.append(job)
            elif not future.done():
                future.set_exception(Cancelled("the job was cancelled before it began"))
        heapq.heapify(left)
        self._jobs, self._room = left, 2 * len(left) + _FEW

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
                self._running[2].cancel()
            self._ready.notify_all()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while True:
            with self._ready:
                self._ready.wait_for(lambda: self._jobs or self._stopping)
                if self._stopping:
                    return
                job = heapq.heappop(self._jobs)
                self._running = job
            finish = self._work(job)
            with self._ready:
                self._running = None
            try:
                loop.call_soon_threadsafe(finish)
            except RuntimeError:
                return  # the loop is closed because the server has stopped

    def _work(self, job: _Job) -> Callable[[], None]:
        """Do a job; returns what is to be done on the event loop."""
        priority, _, token, work, future = job
        gave_way = False

        def gives_way() -> bool:
            nonlocal gave_way
            gave_way = gave_way or self._is_wanted_before(priority)
            return gave_way

        try:
            token.raise_if_cancelled()
            return partial(self._finish, future, work(CancelWhen(token, gives_way)), None)
        except Cancelled as error:
            with self._ready:
                if gave_way and not token.cancelled and not self._stopping:
                    heapq.heappush(self._jobs, job)
                    return self.changed
            # Its frames hold the future and the text: a cycle, which would stay until Python looks for garbage.
            return partial(self._finish, future, None, error.with_traceback(None))
        except Exception as error:
            return partial(self._finish, future, None, error)
        except BaseException as error:
            return partial(self._finish, future, None, RuntimeError(f"the job raised {type(error).__name__}"))

    def _is_wanted_before(self, priority: int) -> bool:
        """Whether a job more urgent than ``priority`` is waiting."""
        with self._ready:
            if not self._jobs or self._jobs[0][0] >= priority:
                return False
            return any(waiting < priority and not token.cancelled for waiting, _, token, _, _ in self._jobs)

    def _finish(self, future: asyncio.Future[Any], result: Any, failure: BaseException | None) -> None:
        if not future.done():
            if failure is not None:
                future.set_exception(failure)
            else:
                future.set_result(result)
        self.changed()
