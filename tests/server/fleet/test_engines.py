"""Workers on one machine and on a cluster of two nodes: the same results, whichever worker dies."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
import ray
from ray.cluster_utils import Cluster
from ray.exceptions import (
    LocalRayletDiedError,
    NodeDiedError,
    ObjectLostError,
    OutOfMemoryError,
    OwnerDiedError,
    RayActorError,
    RayError,
    RayTaskError,
    WorkerCrashedError,
)

from codeorigin.fleet.engines import LocalEngine, Worker, run_units
from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.ray_engine import RayEngine
from codeorigin.fleet.units import ScanRequest, Unit, units_of
from codeorigin.fleet.work import UnitResult, UnitWorker
from support.fleet_scans import content, request, run, unit
from support.waiting import wait_for


@pytest.fixture
def killing_git(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wrapper around ``git`` that every worker started from now on uses.

    It kills the first worker that asks it for the files of a unit. The file returned lists the killed processes.
    """
    folder = tmp_path_factory.mktemp("killing")
    killed, once = folder / "killed", folder / "once"
    once.mkdir()
    real = shutil.which("git")
    program = folder / "git"
    # Of all processes that try to remove a folder, only one succeeds.
    program.write_text(
        f"""#!/bin/sh
case " $* " in *" cat-file --batch"*)
    if [ "$PPID" != {os.getpid()} ] && rmdir {once} 2>/dev/null; then
        echo "$PPID" >> {killed}
        kill -9 "$PPID"
        exit 1
    fi
esac
exec {real} "$@"
"""
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return killed


def test_process_killed_in_the_middle_of_a_unit_loses_nothing(
    folders: list[Path], model: Path, tmp_path: Path, local: dict[str, bytes], killing_git: Path
) -> None:
    tally, said = run(LocalEngine(model, 2), request(folders, model), tmp_path)
    assert len(killing_git.read_text().split()) == 1
    assert (tally.done, tally.failed, tally.lost, said) == (9, 0, 1, [])
    assert content(tmp_path) == local


def test_process_that_dies_while_idle_loses_nothing(
    folders: list[Path], model: Path, local: dict[str, bytes]
) -> None:
    started: list[Any] = []

    class Noted(LocalEngine):
        def start(self) -> Worker:
            started.append(super().start())
            return started[-1]

    def units() -> Iterator[Unit]:
        first, second, _ = units_of(folders[0], request(folders, model))[0]
        yield first
        pool = started[0]._pool._pool
        (process,) = pool._processes.values()
        process.kill()
        # The pool refuses new work only once it has noticed.
        wait_for(lambda: pool._broken, what="a pool without its process")
        yield second

    outcomes = list(run_units(Noted(model, 1), units()))
    assert [(each.result.error, each.lost) for each in outcomes] == [(None, 0), (None, 1)]
    assert [len(each.result.rows) for each in outcomes] == [2, 2]
    assert len(started) == 2


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch, killing_git: Path) -> Iterator[Cluster]:
    """A cluster of two nodes with one processor each, whose workers use the ``git`` that kills."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    node = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
    made = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    made.add_node(**node)
    ray.init(address=made.address, log_to_driver=False, logging_level="ERROR")
    yield made
    ray.shutdown()
    made.shutdown()


def test_cluster_with_a_killed_worker_gives_the_same_files(
    cluster: Cluster,
    folders: list[Path],
    model: Path,
    tmp_path: Path,
    local: dict[str, bytes],
    killing_git: Path,
) -> None:
    assert len([node for node in ray.nodes() if node["Alive"]]) == 2
    engine = RayEngine(model, None)
    assert engine.workers == 2
    tally, said = run(engine, request(folders, model), tmp_path)
    (killed,) = map(int, killing_git.read_text().split())
    assert killed != os.getpid()
    assert (tally.done, tally.failed, tally.lost, said) == (9, 0, 1, [])
    assert content(tmp_path) == local


class Made:
    """An engine of workers without a process: they die on every unit of one repository, and all when they are told."""

    def __init__(self, bad: str = "none", workers: int = 2) -> None:
        self.workers, self.bad = workers, bad
        self.alive: list[object] = []

    def start(self) -> Worker:
        engine = self

        class Mortal:
            def submit(self, unit: Unit) -> Future[UnitResult]:
                future: Future[UnitResult] = Future()
                if unit.repository == engine.bad or self not in engine.alive:
                    future.set_exception(EOFError("killed"))
                else:
                    future.set_result(UnitResult())
                return future

            def stop(self) -> None:
                pass

        started = Mortal()
        self.alive.append(started)
        return started

    def is_lost(self, error: Exception) -> bool:
        return isinstance(error, EOFError)

    def close(self) -> None:
        pass


def test_unit_that_keeps_killing_workers_is_given_up() -> None:
    outcomes = {
        each.unit.repository: each for each in run_units(Made("bad"), map(unit, ("good", "bad", "fine")))
    }
    assert outcomes["bad"].result.error == "its worker ended 3 times: killed"
    assert outcomes["bad"].lost == 3
    assert outcomes["good"].result.error is outcomes["fine"].result.error is None


def test_retried_unit_is_not_given_to_an_idle_worker() -> None:
    engine = Made(workers=4)

    def units() -> Iterator[Unit]:
        yield from map(unit, "abcd")
        # As when a cluster node goes away with all its workers.
        engine.alive.clear()
        yield unit("last")

    *_, last = run_units(engine, units())
    assert (last.unit.repository, last.result.error, last.lost) == ("last", None, 1)


def test_units_are_taken_only_when_a_worker_is_free() -> None:
    taken: list[str] = []

    def units() -> Iterator[Unit]:
        for number in range(100):
            taken.append(str(number))
            yield unit(str(number))

    outcomes = run_units(Made(), units())
    for done in range(20):
        next(outcomes)
        assert len(taken) <= done + 3


@pytest.mark.parametrize(
    "error",
    [
        OutOfMemoryError("the node was short of memory"),
        NodeDiedError("the node went away"),
        ObjectLostError("0f", None, ""),
        OwnerDiedError("0f", None, ""),
        WorkerCrashedError(),
        LocalRayletDiedError(),
        RayActorError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_loss_in_the_cluster_counts_as_a_lost_worker(error: RayError) -> None:
    assert RayEngine.is_lost(Mock(), error)
    assert not RayEngine.is_lost(Mock(), RayTaskError("run", "trace", ValueError("odd")))


def test_worker_with_another_model_is_rejected(folders: list[Path], model: Path) -> None:
    ((first,), _) = units_of(folders[0], ScanRequest([], UnitKind.TREE, "another"))
    result = UnitWorker(model).run(first)
    assert result.rows == ()
    assert result.error is not None
    assert result.error.endswith("install the same")


def test_unexpected_error_fails_only_its_unit(
    folders: list[Path], model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise ValueError("odd\nthings")

    monkeypatch.setattr("codeorigin.git.repository.Repository.files", broken)
    ((first,), _) = units_of(folders[0], request(folders, model, UnitKind.TREE))
    assert UnitWorker(model).run(first) == UnitResult(error="unexpected ValueError: odd things")
