"""``codeorigin history``: the verdicts on all commits, streamed, and their totals."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from codeorigin.check.changes import wanted_paths
from codeorigin.check.inputs import chosen_cells
from codeorigin.cli.exit_codes import ExitCode
from codeorigin.cli.options import cores
from codeorigin.cli.output import open_reports
from codeorigin.cli.progress import ProgressLine
from codeorigin.cli.terminal import complain, display_path
from codeorigin.errors import CodeOriginError, RepositoryError
from codeorigin.git.repository import Repository
from codeorigin.history.formats import history_writer
from codeorigin.history.options import HistoryFormat, HistoryOptions
from codeorigin.history.results import UNREADABLE, CommitResult
from codeorigin.history.run import HistoryRun, open_history
from codeorigin.history.totals import Totals
from codeorigin.settings.project import project_of
from codeorigin.wording.histories import missing_phrase, repaired_phrase

if TYPE_CHECKING:
    from codeorigin.settings.project import Project


def parse_day(text: str, option: str, *, end: bool = False) -> int:
    """The start of a day, month or year (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``, UTC) in seconds since 1970.

    With ``end``, the time just after it instead of its start.

    Raises:
        CodeOriginError: ``text`` is not a date, or is in the year 9999.
    """
    for shape in ("%Y-%m-%d", "%Y-%m", "%Y"):
        try:
            first = datetime.strptime(text, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
        if first.year == datetime.max.year:
            # The day after it may not exist.
            break
        if not end:
            return int(first.timestamp())
        if shape == "%Y-%m-%d":
            after = first + timedelta(days=1)
        else:
            month = first.replace(month=12) if shape == "%Y" else first
            after = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        return int(after.timestamp())
    raise CodeOriginError(f"{option} {text}: is not a date; write it as 2024-05-17, 2024-05 or 2024")


def _repository(path: str) -> tuple[Repository, list[str]]:
    """The repository that contains a path, and the path itself unless it is the whole repository."""
    given = Path(path)
    if not given.exists():
        raise RepositoryError("no such file or folder", display_path(path))
    repository = Repository.of(given if given.is_dir() else given.parent)
    inside = repository.root is not None and given.resolve() != repository.root.resolve()
    return repository, [path] if inside else []


def run_history(options: HistoryOptions) -> int:
    """Judge the commits, write the reports, and return the exit code."""
    if any(each.format is HistoryFormat.PARQUET and each.path is None for each in options.targets):
        raise CodeOriginError("--format parquet: name the file to write, as in --format parquet=FILE")
    since = None if options.since is None else parse_day(options.since, "--since")
    until = None if options.until is None else parse_day(options.until, "--until", end=True)
    repository, names = _repository(options.path)
    project = project_of([Path(options.path)]) if options.config and repository.root is not None else None
    for problem in project.problems if project is not None else ():
        complain(problem)
    wanted, below = wanted_paths(
        repository,
        names,
        language=options.language,
        exclude=options.exclude,
        project=project,
        documents=options.documents,
    )
    file_context = options.file_context
    if file_context is None:
        file_context = True if project is None else project.settings.file_context
    with ExitStack() as stack:
        run = stack.enter_context(
            open_history(
                repository,
                wanted,
                settings=_settings_key(options, below, project, file_context=file_context),
                revision=options.revision,
                since=since,
                until=until,
                paths=tuple(each for each in below if each),
                cells=chosen_cells(options.language, project),
                declared=options.declared,
                file_context=file_context,
                state=options.state,
                model=options.model,
                jobs=options.jobs or cores(),
            )
        )
        counter = _Counter(run)
        try:
            _write_reports(run, counter, options)
        except KeyboardInterrupt:
            counter.clear()
            complain(
                f"stopped after {counter.done:,} of {len(run.plan):,} commits; what was read is kept, and the same "
                "command goes on from there"
            )
            return ExitCode.INTERRUPTED
        if run.walk.repaired:
            complain(repaired_phrase(run.walk.repaired))
        lacking = missing_phrase(counter.missing, counter.unreadable + run.plan.unreadable)
    if lacking is not None:
        complain(lacking)
        return ExitCode.ERROR
    return ExitCode.OK


def _write_reports(run: HistoryRun, results: Iterable[CommitResult], options: HistoryOptions) -> None:
    """Write all reports in one pass over the results."""
    totals = Totals()
    with open_reports(options.targets) as reports:
        writers = []
        for report in reports:
            with report.writing():
                writers.append(history_writer(report.format, run, options, report.stream))
        for result in results:
            totals.add(result)
            for report, writer in zip(reports, writers, strict=True):
                with report.writing():
                    writer.add(result)
        for report, writer in zip(reports, writers, strict=True):
            report.finish(partial(writer.finish, totals))


class _Counter:
    """Yields the results, counts them and shows the progress."""

    def __init__(self, run: HistoryRun) -> None:
        self._run, self.done = run, 0
        self.missing = self.unreadable = 0
        self._progress = ProgressLine("commits", len(run.plan))

    def __iter__(self) -> Iterator[CommitResult]:
        for result in self._run.results():
            yield result
            self.done += 1
            self.missing += result.missing
            self.unreadable += result.reason == UNREADABLE
            self._progress.show(self.done, self._run.walk.known)
        self.clear()

    def clear(self) -> None:
        """Erase the progress line."""
        self._progress.clear()


def _settings_key(
    options: HistoryOptions, below: Sequence[str], project: "Project | None", *, file_context: bool
) -> str:
    """A hash of all settings that affect the result of a commit."""
    settings = None if project is None else project.settings
    parts = [
        options.language,
        list(options.exclude),
        sorted(below),
        options.declared,
        options.documents,
        file_context,
        None if settings is None else [sorted(settings.languages), list(settings.exclude)],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
