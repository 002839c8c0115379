"""Engines that run units: local processes or the actors of a Ray cluster. No work is lost when a worker dies."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from codeorigin.core.processes import WorkerPool
from codeorigin.fleet.units import Unit
from codeorigin.fleet.work import UnitResult, UnitWorker

ATTEMPTS = 3
"""How many times a unit is started if its worker dies."""


class Worker(Protocol):
    """Runs one unit at a time."""

    def submit(self, unit: Unit) -> "Future[UnitResult]":
        """Start a unit; the future raises an error if the worker ends before the unit is done."""

    def stop(self) -> None:
        """Stop the worker, whether it is dead or alive."""


class Engine(Protocol):
    """Starts workers."""

    workers: int

    def start(self) -> Worker:
        """Start a new worker."""

    def is_lost(self, error: Exception) -> bool:
        """Whether the error of a future means that its worker has ended, as opposed to an error in the work itself."""

    def close(self) -> None:
        """Release all resources."""


@dataclass(frozen=True, slots=True)
class UnitOutcome:
    """A unit and its result. ``lost`` is the number of workers that died while working on it."""

    unit: Unit
    result: UnitResult
    lost: int


def run_units(engine: Engine, units: Iterator[Unit]) -> Iterator[UnitOutcome]:
    """Run ``units``, taking each one only when a worker is free, and yield the outcomes as they complete.

    At most one unit per worker is running, and none is started while the caller handles an outcome, so results do not
    pile up. A worker that dies is replaced, and its unit is started again by a new one, up to :data:`ATTEMPTS` times
    in total.
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
                    # Whatever killed the unit's last worker may have killed the idle ones too.
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
                except Exception as error:
                    if not engine.is_lost(error):
                        raise
                    worker.stop()
                    if lost + 1 < ATTEMPTS:
                        again.append((unit, lost + 1))
                        continue
                    why = f"its worker ended {ATTEMPTS} times: {' '.join(str(error).split())[:300]}"
                    yield UnitOutcome(unit, UnitResult(error=why), lost + 1)
                else:
                    idle.append(worker)
                    yield UnitOutcome(unit, result, lost)
    finally:
        for worker in [*idle, *(worker for worker, _, _ in running.values())]:
            worker.stop()


class LocalEngine:
    """Runs units in ``workers`` local processes."""

    def __init__(self, model: Path | None, workers: int) -> None:
        self.workers, self._model = workers, model

    def start(self) -> Worker:
        """Start a worker in a new process."""
        return _LocalWorker(self._model)

    def is_lost(self, error: Exception) -> bool:
        """Whether the process has died or was stopped."""
        return isinstance(error, BrokenProcessPool | CancelledError)

    def close(self) -> None:
        """Do nothing; there are no other resources to release."""


class _LocalWorker:
    def __init__(self, model: Path | None) -> None:
        self._pool = WorkerPool(1, _start, model)

    def submit(self, unit: Unit) -> "Future[UnitResult]":
        try:
            return self._pool.submit(_run, unit)
        except BrokenProcessPool as error:
            # The process died while idle. A pool that has noticed this accepts no more work.
            failed: Future[UnitResult] = Future()
            failed.set_exception(error)
            return failed

    def stop(self) -> None:
        self._pool.stop()


class _Process:
    """State that a worker process shares between its units."""

    worker: UnitWorker


def _start(model: Path | None) -> None:
    _Process.worker = UnitWorker(model)


def _run(unit: Unit) -> UnitResult:
    return _Process.worker.run(unit)
