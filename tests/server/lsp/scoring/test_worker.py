"""The scoring thread: order, cancellation, failures, stopping."""

import asyncio
import gc
import threading
import weakref
from collections.abc import AsyncIterator
from functools import partial

import pytest

from codeorigin.core.cancellation import CancelToken
from codeorigin.core.errors import Cancelled
from codeorigin.lsp.scoring.worker import Priority, WorkerThread
from support.waiting import PATIENCE


@pytest.fixture
async def worker() -> AsyncIterator[WorkerThread]:
    made = WorkerThread()
    yield made
    assert made.stop(5)


async def blocked(worker: WorkerThread) -> tuple[threading.Event, "asyncio.Future[None]"]:
    """Occupy the worker until the event is set."""
    started, release = threading.Event(), threading.Event()

    def wait(_: CancelToken) -> None:
        started.set()
        assert release.wait(PATIENCE)

    future = worker.submit(wait, priority=Priority.MODEL)
    while not started.is_set():
        await asyncio.sleep(0.001)
    return release, future


async def test_urgent_work_runs_first_and_equal_priorities_in_order(worker: WorkerThread) -> None:
    order: list[str] = []
    release, _ = await blocked(worker)
    futures = [
        worker.submit(lambda _, name=name: order.append(name), priority=priority)
        for name, priority in (
            ("scan", Priority.SCAN), ("first", Priority.TYPING), ("second", Priority.TYPING),
            ("asked", Priority.ASKED),
        )
    ]  # fmt: skip
    assert worker.queue_length == 5
    release.set()
    await asyncio.gather(*futures)
    assert order == ["asked", "first", "second", "scan"]
    assert worker.queue_length == 0


async def test_failing_job_does_not_affect_others(worker: WorkerThread) -> None:

    def fail(error: BaseException) -> None:
        raise error

    for error, expected in (
        (ValueError("x"), ValueError),
        (SystemExit(3), RuntimeError),
        (KeyboardInterrupt(), RuntimeError),
        (MemoryError(), MemoryError),
    ):
        with pytest.raises(expected):
            await worker.submit(lambda _, error=error: fail(error), priority=Priority.TYPING)
    assert await worker.submit(lambda _: 7, priority=Priority.TYPING) == 7


async def test_cancelled_work_is_not_started(worker: WorkerThread) -> None:
    ran: list[int] = []
    release, _ = await blocked(worker)
    token = CancelToken()
    by_token = worker.submit(lambda _: ran.append(1), priority=Priority.TYPING, token=token)
    by_future = worker.submit(lambda _: ran.append(2), priority=Priority.TYPING)
    token.cancel()
    by_future.cancel()
    await asyncio.sleep(0)  # a future reports its cancellation in the next turn of the loop
    release.set()
    with pytest.raises(Cancelled):
        await by_token
    await worker.submit(lambda _: None, priority=Priority.SCAN)
    assert ran == []


async def test_cancelled_idle_work_does_not_pile_up_behind_urgent_work(worker: WorkerThread) -> None:
    release, _ = await blocked(worker)
    waiting, idle = worker.submit(lambda _: None, Priority.TYPING), []
    for _ in range(500):
        token = CancelToken()
        idle.append(worker.submit(lambda _: None, Priority.IDLE, token))
        token.cancel()
    assert len(worker._jobs) < 50
    assert isinstance(idle[0].exception(), Cancelled)
    release.set()
    await waiting


async def test_cancelled_work_leaves_nothing_in_memory(worker: WorkerThread) -> None:
    """Each edit cancels a few jobs that hold the text; what Python's search for garbage alone can free piles up."""
    token = CancelToken()

    def give_up(text: list[str], cancel: CancelToken) -> None:
        token.cancel()
        cancel.raise_if_cancelled()
        text.clear()

    class Text(list[str]):
        pass

    text = Text()
    kept = weakref.ref(text)
    gc.disable()
    try:
        future = worker.submit(partial(give_up, text), token=token)
        await asyncio.wait({future})
        assert isinstance(future.exception(), Cancelled)
        del future, text
        await worker.submit(lambda _: None)
        assert kept() is None
    finally:
        gc.enable()


async def test_thousands_of_jobs_are_not_looked_through_for_each_new_one(worker: WorkerThread) -> None:
    looks = 0

    class Counted(CancelToken):
        @property
        def cancelled(self) -> bool:
            nonlocal looks
            looks += 1
            return super().cancelled

    release, _ = await blocked(worker)
    waiting = [worker.submit(lambda _: None, Priority.TYPING, Counted()) for _ in range(2_000)]
    assert looks < 10 * len(waiting)
    release.set()
    await asyncio.gather(*waiting)


async def test_stopping_cancels_running_and_waiting_work_and_refuses_more(worker: WorkerThread) -> None:
    token = CancelToken()
    started = threading.Event()

    def until_cancelled(cancel: CancelToken) -> None:
        started.set()
        while not cancel.cancelled:
            pass

    running = worker.submit(until_cancelled, priority=Priority.TYPING, token=token)
    while not started.is_set():
        await asyncio.sleep(0.001)
    ran: list[str] = []
    waiting = worker.submit(lambda _: ran.append("waiting"), priority=Priority.TYPING)
    assert worker.stop(5)
    with pytest.raises(Cancelled):
        await waiting
    with pytest.raises(Cancelled):
        await worker.submit(lambda _: ran.append("late"), priority=Priority.TYPING)
    assert ran == []
    running.cancel()


async def test_worker_can_be_stopped_after_its_loop_was_closed(worker: WorkerThread) -> None:

    async def left_waiting() -> threading.Event:
        release, _ = await blocked(worker)
        worker.submit(lambda _: None, priority=Priority.TYPING)
        return release

    # As after Ctrl-C, when nobody has stopped the worker on the loop.
    release = await asyncio.to_thread(asyncio.run, left_waiting())
    assert not worker.stop(0.01)
    release.set()
    assert worker.stop(5)
