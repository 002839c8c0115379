"""A scan of many repositories: their units, those that are not done yet, and what came of them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codeorigin.errors import CodeOriginError
from codeorigin.fleet.engines import Engine, UnitOutcome, run_units
from codeorigin.fleet.store import Store
from codeorigin.fleet.units import COMMITS_IN_A_UNIT, Unit, UnitKind, units_of
from codeorigin.fleet.work import reason_of
from codeorigin.wording.histories import missing_phrase


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What to scan: folders of repositories, in which way, by the model of this identity."""

    repositories: Sequence[Path]
    kind: UnitKind
    model: str
    declared: bool = True
    documents: bool = False
    since: int | None = None
    until: int | None = None
    size: int = COMMITS_IN_A_UNIT

    @property
    def settings(self) -> dict[str, object]:
        """What :class:`~codeorigin.fleet.store.Store` is told of."""
        return {
            "model": self.model,
            "declared": self.declared,
            "documents": self.documents,
            "since": self.since,
            "until": self.until,
            "size": self.size,
        }


@dataclass(slots=True)
class ScanTally:
    """What a run did. ``skipped`` units were done before, ``lost`` counts workers that died."""

    repositories: int = 0
    done: int = 0
    skipped: int = 0
    failed: int = 0
    lost: int = 0


def read_repositories(path: Path) -> list[Path]:
    """The folders that a file lists, one a line; empty lines and those that begin with ``#`` are none.

    Relative ones are relative to the file's folder. Each is named once.

    Raises:
        CodeOriginError: the file cannot be read, or names no folder.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise CodeOriginError(
            f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}"
        ) from error
    named = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not named:
        raise CodeOriginError(f"{path}: names no repository; write one folder a line")
    return list(dict.fromkeys((path.parent.absolute() / name) for name in named))


def scan(
    request: ScanRequest,
    store: Store,
    engine: Engine,
    *,
    failed: Callable[[str, str], None],
    progress: Callable[[ScanTally], None],
) -> ScanTally:
    """Do what is not done yet. Results are in ``store`` as soon as they are there.

    ``failed`` hears the name of a repository and one line on what is wrong with it, or with a unit of it.

    Raises:
        CodeOriginError: the results cannot be written.
    """
    tally = ScanTally()

    def note(outcome: UnitOutcome) -> None:
        store.put(outcome.unit, outcome.result)
        tally.lost += outcome.lost
        if outcome.result.error is None:
            tally.done += 1
        else:
            tally.failed += 1
            failed(outcome.unit.repository, outcome.result.error)
        progress(tally)

    for outcome in run_units(engine, _pending(request, store, tally, failed)):
        note(outcome)
    return tally


def _pending(
    request: ScanRequest, store: Store, tally: ScanTally, failed: Callable[[str, str], None]
) -> Iterator[Unit]:
    """The units that are not done, found when they are wanted."""
    for folder in request.repositories:
        tally.repositories += 1
        name = str(folder)
        lacking: list[str] = []

        def lack(commits: int, lacking: list[str] = lacking) -> None:
            lacking.append(missing_phrase(0, commits) or "")

        units: list[Unit] = []
        try:
            units += units_of(
                folder,
                request.kind,
                model=request.model,
                declared=request.declared,
                documents=request.documents,
                since=request.since,
                until=request.until,
                size=request.size,
                lacking=lack,
            )
        except Exception as error:
            # One odd repository must not end a scan of thousands.
            units.clear()
            lacking.append(reason_of(error).removeprefix(f"{folder}: "))
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
