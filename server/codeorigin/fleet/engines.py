"""What runs the units: processes of this machine, or actors of a Ray cluster. Both lose nothing when a worker dies."""

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from codeorigin.fleet.units import Unit
from codeorigin.fleet.work import UnitResult, UnitWorker
from codeorigin.worker_processes import begin_worker, interrupts_held

ATTEMPTS = 3
"""How often a unit is begun whose worker dies."""


class WorkerLostError(Exception):
    """A worker ended in the middle of a unit."""


class Worker(Protocol):
    """Does one unit at a time."""

    def submit(self, unit: Unit) -> "Future[UnitResult]":
        """Begin a unit. The future raises :class:`WorkerLostError` if the worker has ended or ends before it is done."""

    def stop(self) -> None:
        """Let go of the worker, dead or alive."""


class Engine(Protocol):
    """Starts workers."""

    workers: int

    def start(self) -> Worker:
        """A new worker."""

    def close(self) -> None:
        """Let go of everything."""


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """A unit and what came of it; ``lost`` workers died over it before."""

    unit: Unit
    result: UnitResult
    lost: int


def run_units(engine: Engine, units: Iterator[Unit]) -> Iterator[UnitOutcome]:
    """Do ``units``, each taken when a worker is free for it, and hand the outcomes on as they come.

    No more units are under way than there are workers, and none is begun while an outcome is looked at: results do not
    pile up. A worker that dies is replaced, and its unit begun again by a new one, :data:`ATTEMPTS` times in all.
    """
    idle: list[Worker] = []
    running: dict[Future[UnitResult], tuple[Worker, Unit, int]] = {}
    again: deque[tuple[Unit, int]] = deque()
    try:
        while True:
            while len(running) < engine.workers:
                following = again.popleft() if again else next(((unit, 0) for unit in units), None)
                if following is None:
                    break
                worker = idle.pop() if idle else None
                if worker is not None and following[1]:
                    # Whatever took the unit's last worker may have taken those that wait as well.
                    worker.stop()
                    worker = None
                worker = worker or engine.start()
                running[worker.submit(following[0])] = (worker, *following)
            if not running:
                return
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                worker, unit, lost = running.pop(future)
                try:
                    result = future.result()
                except WorkerLostError as error:
                    worker.stop()
                    if lost + 1 < ATTEMPTS:
                        again.append((unit, lost + 1))
                        continue
                    yield UnitOutcome(
                        unit, UnitResult(error=f"its worker ended {ATTEMPTS} times: {error}"), lost + 1
                    )
                else:
                    idle.append(worker)
                    yield UnitOutcome(unit, result, lost)
    finally:
        for worker in [*idle, *(worker for worker, _, _ in running.values())]:
            worker.stop()


class TranslatedFuture(Future[UnitResult]):
    """A future with the errors of an engine as :class:`WorkerLostError`."""

    def __init__(self, inner: "Future[UnitResult]", is_lost: Callable[[BaseException], bool]) -> None:
        super().__init__()
        self._is_lost = is_lost
        inner.add_done_callback(self._take)

    def _take(self, inner: "Future[UnitResult]") -> None:
        if inner.cancelled():
            self.set_exception(WorkerLostError("stopped"))
            return
        error = inner.exception()
        if error is None:
            self.set_result(inner.result())
        elif self._is_lost(error):
            self.set_exception(WorkerLostError(" ".join(str(error).split())[:300]))
        else:
            self.set_exception(error)


class LocalEngine:
    """``workers`` processes of this machine."""

    def __init__(self, model: Path | None, workers: int) -> None:
        self.workers, self._model = workers, model

    def start(self) -> Worker:
        """A process of its own."""
        return _LocalWorker(self._model)

    def close(self) -> None:
        """Nothing is left to let go of."""


class _LocalWorker:
    def __init__(self, model: Path | None) -> None:
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, context, initializer=_start, initargs=(model,))

    def submit(self, unit: Unit) -> "Future[UnitResult]":
        try:
            with interrupts_held():
                inner = self._pool.submit(_run, unit)
        except BrokenProcessPool as error:
            # Its process went away while it waited: a pool that knows takes nothing any more.
            inner = Future()
            inner.set_exception(error)
        return TranslatedFuture(inner, lambda error: isinstance(error, BrokenProcessPool))

    def stop(self) -> None:
        for process in list((self._pool._processes or {}).values()):
            process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)


class _Process:
    """What a worker process has for all its units."""

    worker: UnitWorker


def _start(model: Path | None) -> None:
    begin_worker()
    _Process.worker = UnitWorker(model)


def _run(unit: Unit) -> UnitResult:
    return _Process.worker.run(unit)
