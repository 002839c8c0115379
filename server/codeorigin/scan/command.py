"""``codeorigin scan``: the histories of many repositories, judged by the processes of a Ray cluster."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from codeorigin.scan.environment import EVERYWHERE, environment

os.environ.update(environment(os.environ))
import ray
from ray.exceptions import RayError

from codeorigin.core.errors import CodeOriginError
from codeorigin.core.safe_path import trust_no_folder
from codeorigin.history.options import HistoryOptions
from codeorigin.model.bundle import Bundle
from codeorigin.scan.options import ScanOptions
from codeorigin.scan.page import outcome, write_report
from codeorigin.scan.work import Judged, Work, judge_repository, key_of
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.progress import ProgressLine
from codeorigin.shell.terminal import display_path, to_stderr
from codeorigin.text.regular_files import make_folder, trusted_root

RETRIES = 2
"""How many times a repository is begun again whose process ended."""
_STARTS = 3
"""How often Ray is started before the command gives up."""
_WATCHED = 1_000
"""How many tasks are waited for at once, the oldest, which Ray begins first: more than a cluster has processors.

To wait for all of them each time would take time in the square of their number.
"""


def run_scan(options: ScanOptions) -> int:
    """Judge the repositories, write the results and the report on all of them, and return the exit code."""
    folders = read_repositories(options.repositories)
    out = Path.cwd() / options.out
    model = Bundle.load(options.model).model_id
    work = [_work(folder, out, options) for folder in folders]
    progress = ProgressLine("repositories", len(work))
    judged: list[Judged] = []
    try:
        _make_folders(out)
        with _cluster(options.jobs):
            for found in _judged(work):
                judged.append(found)
                if found.failure is not None:
                    progress.clear()
                    to_stderr(": ".join(found.failure))
                progress.show(len(judged))
        progress.clear()
        write_report(out, judged, model)
    except KeyboardInterrupt:
        progress.clear()
        to_stderr("stopped; what is done is kept, and the same command goes on from there")
        return ExitCode.INTERRUPTED
    to_stderr(f"{outcome(judged)}; report in {display_path(options.out / 'report.html')}")
    return ExitCode.OK if all(found.error is None for found in judged) else ExitCode.ERROR


def read_repositories(path: Path) -> list[Path]:
    """The folders listed in a file, one per line; empty lines and lines that begin with ``#`` are skipped.

    Relative paths are relative to the file's folder. Duplicates are removed.

    Raises:
        CodeOriginError: the file cannot be read, or lists no folder.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise CodeOriginError(f"cannot be read: {getattr(error, 'strerror', None) or error}", path) from error
    named = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not named:
        raise CodeOriginError("names no repository; write one folder per line", path)
    return list(dict.fromkeys((path.parent.absolute() / name) for name in named))


def _work(folder: Path, out: Path, options: ScanOptions) -> Work:
    history = HistoryOptions(
        str(folder),
        since=options.since,
        until=options.until,
        declared=options.declared,
        past=options.past,
        state=out / "state" / key_of(str(folder)),
        model=None if options.model is None else options.model.absolute(),
        jobs=1,
    )
    return Work(str(folder), str(out), history)


def _make_folders(out: Path) -> None:
    """Make the folders of the results.

    The folder may be in a cloned repository, where nothing behind a link may be read or written.

    Raises:
        CodeOriginError: they cannot be made, or there is a link on the way.
    """
    try:
        for name in ("state", "commits"):
            make_folder(out / name, root=trusted_root(out) or out)
    except OSError as error:
        place = error.filename or out
        raise CodeOriginError(f"cannot write the results here: {error.strerror or error}", place) from error


@contextlib.contextmanager
def _cluster(jobs: int | None) -> Iterator[None]:
    """Connect to the cluster that ``RAY_ADDRESS`` names, or start one here with ``jobs`` processors."""
    trust_no_folder()
    # Ray starts again what was killed for want of memory, by default without end.
    os.environ.setdefault("RAY_task_oom_retries", str(RETRIES))
    _connect(jobs)
    try:
        yield
    finally:
        ray.shutdown()


def _connect(jobs: int | None) -> None:
    """Start Ray, or connect to the cluster of the environment.

    Ray gives the processes that it starts 30 seconds, whatever else the machine does, so it is started more than once.
    """
    address = os.environ.get("RAY_ADDRESS")
    for start in range(1, _STARTS + 1):
        try:
            # Ray's processes import from the folder in which it is started, which may be a repository.
            with contextlib.chdir(sys.prefix):
                ray.init(
                    address=address or "local",
                    num_cpus=None if address else jobs,
                    include_dashboard=None if address else False,
                    runtime_env={"env_vars": EVERYWHERE},
                    logging_level=logging.ERROR,
                    log_to_driver=False,
                )
            return
        except Exception as error:  # Ray has no type for a start that took too long
            ray.shutdown()
            if address or start == _STARTS:
                reason = " ".join(str(error).split())[:300]
                raise CodeOriginError(f"Ray does not start: {reason}") from error


def _judged(work: Sequence[Work]) -> Iterator[Judged]:
    """Judge the repositories in the cluster, and yield them as they are done."""
    task = ray.remote(num_cpus=1, max_retries=RETRIES)(judge_repository)
    running = {task.remote(some): some.repository for some in work}
    while running:
        (done, *_), _ = ray.wait(list(islice(running, _WATCHED)), num_returns=1)
        repository = running.pop(done)
        try:
            yield ray.get(done)
        except RayError as error:
            reason = " ".join(str(error).split())[:300]
            yield Judged(repository, error=f"its process ended {RETRIES + 1} times: {reason}")
