"""``codeorigin scan``: judge many repositories in units that any machine can do; a later run can resume."""

import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.cli.exit_codes import ExitCode
from codeorigin.cli.terminal import complain, display_path
from codeorigin.errors import CodeOriginError
from codeorigin.history.stream import parse_day

if TYPE_CHECKING:
    from codeorigin.fleet.engines import Engine
    from codeorigin.fleet.scan import ScanTally

# ruff: noqa: PLC0415


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What the user requested. ``jobs`` None means one worker per CPU of the Ray cluster."""

    repositories: Path
    output: Path
    engine: str = "local"
    of: str = "commits"
    since: str | None = None
    until: str | None = None
    address: str | None = None
    documents: bool = False
    declared: bool = True
    model: Path | None = None
    jobs: int | None = None


def make_engine(options: ScanOptions) -> "Engine":
    """Create the engine that the options name.

    Raises:
        CodeOriginError: Ray is requested but not installed.
    """
    model = None if options.model is None else options.model.absolute()
    if options.engine == "local":
        from codeorigin.fleet.engines import LocalEngine

        return LocalEngine(model, options.jobs or 1)
    try:
        from codeorigin.fleet.ray_engine import RayEngine
    except ImportError as error:
        raise CodeOriginError("--engine ray needs Ray: install codeorigin with its extra 'fleet'") from error
    return RayEngine(model, options.jobs, options.address)


class _Progress:
    """Prints at most one line per minute, or one per five seconds on a terminal."""

    def __init__(self) -> None:
        self._started = self._shown = time.monotonic()

    def __call__(self, tally: "ScanTally") -> None:
        now = time.monotonic()
        if now - self._shown >= (5.0 if sys.stderr.isatty() else 60.0):
            self._shown = now
            rate = 60 * tally.done / (now - self._started)
            complain(f"{tally.done:,} units done, {rate:.1f} a minute; repository {tally.repositories:,}")


def run_scan(options: ScanOptions) -> int:
    """Scan the repositories, write the report on all results, and return the exit code."""
    try:
        from codeorigin.fleet.store import Store
    except ImportError as error:
        raise CodeOriginError("scan needs PyArrow: install codeorigin with its extra 'fleet'") from error
    from codeorigin.fleet.report import write_fleet_report
    from codeorigin.fleet.scan import ScanRequest, read_repositories, scan
    from codeorigin.fleet.units import UnitKind
    from codeorigin.model.bundle import Bundle

    kind = UnitKind(options.of)
    since = None if options.since is None else parse_day(options.since, "--since")
    until = None if options.until is None else parse_day(options.until, "--until", end=True)
    folders = read_repositories(options.repositories)
    model = Bundle.load(options.model).model_id
    request = ScanRequest(folders, kind, model, options.declared, options.documents, since, until)
    store = Store(options.output, request.settings)
    try:
        with closing(make_engine(options)) as engine:
            tally = scan(
                request,
                store,
                engine,
                failed=lambda name, reason: complain(f"{display_path(name)}: {reason}"),
                progress=_Progress(),
            )
        write_fleet_report(store, kind, model)
    except KeyboardInterrupt:
        complain("stopped; what is done is kept, and the same command goes on from there")
        return ExitCode.INTERRUPTED
    lost = f"; {tally.lost:,} workers died, and their units were done again" if tally.lost else ""
    complain(
        f"{tally.repositories:,} repositories: {tally.done:,} units done, {tally.skipped:,} done before, "
        f"{tally.failed:,} failed{lost}; report in {display_path(options.output / 'report.html')}"
    )
    return ExitCode.ERROR if tally.failed else ExitCode.OK
