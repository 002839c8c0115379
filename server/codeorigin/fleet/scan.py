"""A scan of many repositories: find their units, run those that are not done yet, and store the results."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from codeorigin.core.errors import CodeOriginError
from codeorigin.fleet.engines import Engine, run_units
from codeorigin.fleet.store import Store
from codeorigin.fleet.units import ScanRequest, Unit, units_of
from codeorigin.fleet.work import reason_of
from codeorigin.wording.histories import missing_phrase


@dataclass(slots=True)
class ScanTally:
    """Counts of a run. ``skipped`` units were done before; ``lost`` is the number of workers that died."""

    repositories: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    lost: int = 0


def read_repositories(path: Path) -> list[Path]:
    """The folders listed in a file, one per line; empty lines and lines that begin with ``#`` are skipped.

    Relative paths are relative to the file's folder. Duplicates are removed.

    Raises:
        CodeOriginError: the file cannot be read, or lists no folder.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise CodeOriginError(
            f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from error
    named = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not named:
        raise CodeOriginError(f"{path}: names no repository; write one folder per line")
    return list(dict.fromkeys((path.parent.absolute() / name) for name in named))


def scan(
    request: ScanRequest,
    store: Store,
    engine: Engine,
    *,
    failed: Callable[[str, str], None],
    progress: Callable[[ScanTally], None],
) -> ScanTally:
    """Run all units that are not done yet. Each result is put into ``store`` immediately.

    ``failed`` is called with the name of a repository and a one-line description of what is wrong with it or with one
    of its units.

    Raises:
        CodeOriginError: the results cannot be written.
    """
    tally = ScanTally()
    for outcome in run_units(engine, _pending(request, store, tally, failed)):
        store.put(outcome.unit, outcome.result)
        tally.lost += outcome.lost
        if outcome.result.error is None:
            tally.done += 1
        else:
            tally.failed += 1
            failed(outcome.unit.repository, outcome.result.error)
        progress(tally)
    return tally


def _pending(
    request: ScanRequest, store: Store, tally: ScanTally, failed: Callable[[str, str], None]
) -> Iterator[Unit]:
    """Yield the units that are not done yet; each repository is read only when its units are needed."""
    for folder in request.repositories:
        tally.repositories += 1
        name = str(folder)
        lacking: list[str] = []
        units: list[Unit] = []
        try:
            units, unreadable = units_of(folder, request)
            if (missing := missing_phrase(0, unreadable)) is not None:
                lacking.append(missing)
        except Exception as error:
            # One broken repository must not end a scan of thousands.
            if isinstance(error, CodeOriginError) and error.path == folder:
                lacking.append(error.reason)
            else:
                lacking.append(reason_of(error))
        else:
            store.keep_only(name, request.kind, units)
        for reason in lacking:
            store.put_failure(name, request.kind, reason)
            tally.failed += 1
            failed(name, reason)
        for unit in units:
            if store.is_done(unit):
                tally.skipped += 1
            else:
                yield unit
