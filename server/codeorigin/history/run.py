"""``codeorigin history``: the verdicts on all commits, streamed, and their totals."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from codeorigin.check.inputs import find_project
from codeorigin.check.selection import Selection
from codeorigin.cli.days import since_seconds, until_seconds
from codeorigin.cli.exit_codes import ExitCode
from codeorigin.cli.options import cores
from codeorigin.cli.output import open_reports
from codeorigin.cli.progress import ProgressLine
from codeorigin.cli.terminal import to_stderr
from codeorigin.errors import CodeOriginError
from codeorigin.history.formats import history_writer
from codeorigin.history.history_run import HistoryRun, open_history
from codeorigin.history.options import HistoryFormat, HistoryOptions
from codeorigin.history.request import HistoryRequest, repository_of
from codeorigin.history.results import UNREADABLE, CommitResult
from codeorigin.history.totals import Totals
from codeorigin.settings.project import Project
from codeorigin.wording.histories import missing_phrase, repaired_phrase


def run_history(options: HistoryOptions) -> int:
    """Judge the commits, write the reports, and return the exit code."""
    if any(each.format is HistoryFormat.PARQUET and each.path is None for each in options.targets):
        raise CodeOriginError("--format parquet: name the file to write, as in --format parquet=FILE")
    since, until = since_seconds(options.since), until_seconds(options.until)
    repository, names = repository_of(options.path)
    project = find_project([options.path], files=options.config and repository.root is not None)
    selection = Selection(project, options.language, options.exclude, options.documents)
    wanted, below = selection.in_repository(repository, names)
    file_context = project.settings.file_context if options.file_context is None else options.file_context
    request = HistoryRequest(
        repository,
        wanted,
        settings=_settings_key(options, below, project, file_context=file_context),
        revision=options.revision,
        since=since,
        until=until,
        paths=tuple(each for each in below if each),
        cells=selection.cells,
        declared=options.declared,
        file_context=file_context,
        past=options.past and project.settings.past,
        state=options.state,
        model=options.model,
        jobs=options.jobs or cores(),
    )
    with open_history(request) as run:
        counter = _Counter(run)
        try:
            _write_reports(run, counter, options)
        except KeyboardInterrupt:
            counter.clear()
            to_stderr(
                f"stopped after {counter.done:,} of {len(run.plan):,} commits; what was read is kept, and the same "
                "command goes on from there"
            )
            return ExitCode.INTERRUPTED
        if run.walk.repaired:
            to_stderr(repaired_phrase(run.walk.repaired))
        for problem in () if run.records is None else run.records.problems:
            to_stderr(problem)
        lacking = missing_phrase(counter.missing, counter.unreadable + run.plan.unreadable)
    if lacking is not None:
        to_stderr(lacking)
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
    options: HistoryOptions, below: Sequence[str], project: Project, *, file_context: bool
) -> str:
    """A hash of all settings that affect the result of a commit."""
    parts = [
        options.language,
        list(options.exclude),
        sorted(below),
        options.declared,
        options.documents,
        file_context,
        [sorted(project.settings.languages), list(project.settings.exclude)],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
