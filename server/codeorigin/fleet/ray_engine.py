"""Units on a Ray cluster: each worker is an actor, which loads the model once. Requires the extra ``fleet``."""

import contextlib
import logging
import os
import sys
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from codeorigin.core.safe_path import trust_no_folder
from codeorigin.fleet.engines import Worker
from codeorigin.fleet.units import Unit
from codeorigin.fleet.work import UnitResult, UnitWorker


class _Actor:
    """A :class:`UnitWorker` in a process of the cluster."""

    def __init__(self, model: str | None) -> None:
        self._worker = UnitWorker(None if model is None else Path(model))

    def run(self, unit: Unit) -> UnitResult:
        """Run one unit."""
        return self._worker.run(unit)


class RayEngine:
    """Runs units in ``workers`` actors with one CPU each, in the cluster at ``address``.

    If ``workers`` is None, there is one per CPU of the cluster. If ``address`` is None, that is the one that
    ``RAY_ADDRESS`` names, or else a new one on this machine.

    Repositories, and the model if it is not the bundled one, are folders that every node must see under the same path.
    Only units and rows are sent over the network, no file contents.
    """

    def __init__(self, model: Path | None, workers: int | None, address: str | None = None) -> None:
        trust_no_folder()
        if not ray.is_initialized():
            # A cluster that this user has not named may be another user's of this machine. Ray's workers import from
            # the folder in which it is started, which may be a repository.
            with contextlib.chdir(sys.prefix):
                ray.init(
                    address=address or os.environ.get("RAY_ADDRESS") or "local",
                    include_dashboard=False if address is None and "RAY_ADDRESS" not in os.environ else None,
                    logging_level=logging.ERROR,
                    log_to_driver=False,
                )
            self._own = True
        else:
            self._own = False
        self._model = model
        cores = ray.cluster_resources().get("CPU", 1)  # type: ignore[no-untyped-call]
        self.workers = workers or max(1, int(cores))
        self._actor = ray.remote(num_cpus=1)(_Actor)

    def start(self) -> Worker:
        """Start a new actor, which waits for a free CPU."""
        return _RayWorker(self._actor.remote(None if self._model is None else str(self._model)))

    def is_lost(self, error: Exception) -> bool:
        """Whether the cluster lost the actor, its node or its result."""
        # Ray has more errors for this than the actor errors: out of memory, or the node that held the result is gone.
        return isinstance(error, RayError | CancelledError) and not isinstance(error, RayTaskError)

    def close(self) -> None:
        """Disconnect from the cluster if this object connected to it."""
        if self._own:
            ray.shutdown()


class _RayWorker:
    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def submit(self, unit: Unit) -> "Future[UnitResult]":
        future: Future[UnitResult] = self._actor.run.remote(unit).future()
        return future

    def stop(self) -> None:
        ray.kill(self._actor)
