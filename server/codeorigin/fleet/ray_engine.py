"""Units on a Ray cluster: an actor a worker, which loads the model once. Needs the extra ``fleet``."""

import logging
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from codeorigin.fleet.engines import TranslatedFuture, Worker
from codeorigin.fleet.units import Unit
from codeorigin.fleet.work import UnitResult, UnitWorker


def _is_lost(error: BaseException) -> bool:
    """Whether the cluster lost the actor, its node or its result: all that is no error of the work itself."""
    # An actor ends by other errors than those that bear its name: for lack of memory, or with the node of its rows.
    return isinstance(error, RayError) and not isinstance(error, RayTaskError)


class _Actor:
    """A :class:`UnitWorker` in a process of the cluster."""

    def __init__(self, model: str | None) -> None:
        self._worker = UnitWorker(None if model is None else Path(model))

    def run(self, unit: Unit) -> UnitResult:
        """Do one unit."""
        return self._worker.run(unit)


class RayEngine:
    """``workers`` actors, each with one processor of the cluster at ``address``; None uses or starts one here.

    Repositories, and the model where it is not the one that ships, are folders that every node sees under the same path.
    What goes over the network are units and rows, no file's text.
    """

    def __init__(self, model: Path | None, workers: int | None, address: str | None = None) -> None:
        if not ray.is_initialized():
            ray.init(address=address, logging_level=logging.ERROR, log_to_driver=False)
            self._own = True
        else:
            self._own = False
        self._model = model
        cores = ray.cluster_resources().get("CPU", 1)  # type: ignore[no-untyped-call]
        self.workers = workers or max(1, int(cores))
        self._actor = ray.remote(num_cpus=1)(_Actor)

    def start(self) -> Worker:
        """A new actor, which waits for a free processor."""
        return _RayWorker(self._actor.remote(None if self._model is None else str(self._model)))

    def close(self) -> None:
        """Leave the cluster."""
        if self._own:
            ray.shutdown()


class _RayWorker:
    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def submit(self, unit: Unit) -> "Future[UnitResult]":
        inner: Future[UnitResult] = self._actor.run.remote(unit).future()
        return TranslatedFuture(inner, _is_lost)

    def stop(self) -> None:
        ray.kill(self._actor)
