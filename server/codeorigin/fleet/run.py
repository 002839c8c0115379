"""``codeorigin scan``: judge many repositories in units that any machine can do; a later run can resume."""

from contextlib import closing

from codeorigin.cli.days import since_seconds, until_seconds
from codeorigin.cli.exit_codes import ExitCode
from codeorigin.cli.options import cores
from codeorigin.cli.progress import ProgressLine
from codeorigin.cli.terminal import display_path, to_stderr
from codeorigin.core.errors import CodeOriginError
from codeorigin.fleet.engines import Engine, LocalEngine
from codeorigin.fleet.options import EngineName, ScanOptions
from codeorigin.fleet.report import write_fleet_report
from codeorigin.fleet.scan import read_repositories, scan
from codeorigin.fleet.store import Store
from codeorigin.fleet.units import ScanRequest
from codeorigin.model.bundle import Bundle


def make_engine(options: ScanOptions) -> Engine:
    """Create the engine that the options name.

    Raises:
        CodeOriginError: Ray is requested but not installed.
    """
    model = None if options.model is None else options.model.absolute()
    if options.engine is EngineName.LOCAL:
        return LocalEngine(model, options.jobs or cores())
    try:
        from codeorigin.fleet.ray_engine import RayEngine  # noqa: PLC0415 - Ray is optional
    except ImportError as error:
        raise CodeOriginError("--engine ray needs Ray: install codeorigin with its extra 'fleet'") from error
    return RayEngine(model, options.jobs, options.address)


def run_scan(options: ScanOptions) -> int:
    """Scan the repositories, write the report on all results, and return the exit code."""
    since, until = since_seconds(options.since), until_seconds(options.until)
    folders = read_repositories(options.repositories)
    model = Bundle.load(options.model).model_id
    request = ScanRequest(folders, options.of, model, options.declared, since, until)
    store = Store(options.output, request.settings)
    progress = ProgressLine("units", None)

    def failed(name: str, reason: str) -> None:
        progress.clear()
        to_stderr(f"{display_path(name)}: {reason}")

    try:
        with closing(make_engine(options)) as engine:
            tally = scan(
                request,
                store,
                engine,
                failed=failed,
                progress=lambda tally: progress.show(tally.done),
            )
        progress.clear()
        write_fleet_report(store, options.of, model)
    except KeyboardInterrupt:
        progress.clear()
        to_stderr("stopped; what is done is kept, and the same command goes on from there")
        return ExitCode.INTERRUPTED
    lost = f"; {tally.lost:,} workers died, and their units were done again" if tally.lost else ""
    to_stderr(
        f"{tally.repositories:,} repositories: {tally.done:,} units done, {tally.skipped:,} done before, "
        f"{tally.failed:,} failed{lost}; report in {display_path(options.output / 'report.html')}"
    )
    return ExitCode.ERROR if tally.failed else ExitCode.OK
