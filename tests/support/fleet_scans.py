"""Scans of a few small repositories, and what they leave behind."""

from concurrent.futures import Future
from contextlib import closing
from functools import cache
from pathlib import Path

from codeorigin.fleet.engines import Engine
from codeorigin.fleet.options import UnitKind
from codeorigin.fleet.scan import ScanTally, scan
from codeorigin.fleet.store import Store
from codeorigin.fleet.units import ScanRequest, Unit
from codeorigin.fleet.work import UnitResult, UnitWorker
from codeorigin.model.bundle import Bundle

Said = list[tuple[str, str]]
"""What a scan said about repositories: name and reason."""


class Here:
    """An engine with one worker, which is this process."""

    workers = 1

    def __init__(self, model: Path) -> None:
        self._worker = _worker(model)

    def start(self) -> "Here":
        return self

    def submit(self, unit: Unit) -> "Future[UnitResult]":
        future: Future[UnitResult] = Future()
        future.set_result(self._worker.run(unit))
        return future

    def is_lost(self, error: Exception) -> bool:
        return False

    def stop(self) -> None:
        pass

    close = stop


@cache
def _worker(model: Path) -> UnitWorker:
    return UnitWorker(model)


def request(folders: list[Path], model: Path, kind: UnitKind = UnitKind.COMMITS) -> ScanRequest:
    """A scan of ``folders`` in units of two commits."""
    return ScanRequest(folders, kind, Bundle.load(model).model_id, size=2)


def run(engine: Engine, request: ScanRequest, folder: Path) -> tuple[ScanTally, Said]:
    """Scan into ``folder``: the tally, and the failures that the scan reported."""
    said: Said = []
    with closing(engine):
        tally = scan(
            request,
            Store(folder, request.settings),
            engine,
            failed=lambda name, reason: said.append((name, reason)),
            progress=lambda tally: None,
        )
    return tally, said


def content(folder: Path) -> dict[str, bytes]:
    """All files below ``folder``, by their path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def unit(repository: str) -> Unit:
    """A unit of one commit, for engines that do not read it."""
    return Unit(repository, UnitKind.COMMITS, ("a",), (0,), True, "m")
