"""``codeorigin history``: the verdicts on all commits, streamed, and their totals."""

import hashlib
import json
from collections.abc import Sequence
from functools import partial

from codeorigin.check.selection import Selection
from codeorigin.core.errors import CodeOriginError
from codeorigin.history.formats import history_writer
from codeorigin.history.history_run import HistoryRun, open_history
from codeorigin.history.options import HistoryFormat, HistoryOptions
from codeorigin.history.request import HistoryRequest, repository_of
from codeorigin.history.totals import Totals
from codeorigin.history.wording import repaired_phrase
from codeorigin.settings.project import Project
from codeorigin.shell.days import since_seconds, until_seconds
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.options import cores
from codeorigin.shell.output import open_reports
from codeorigin.shell.progress import ProgressLine
from codeorigin.shell.terminal import to_stderr


def history_request(options: HistoryOptions) -> HistoryRequest:
    """What the options ask for, with the settings of the repository's project."""
    since, until = since_seconds(options.since), until_seconds(options.until)
    repository, names = repository_of(options.path)
    project = Project.open([options.path], options, files=repository.root is not None)
    selection = Selection(project, options.language, options.exclude)
    wanted, below = selection.in_repository(repository, names)
    return HistoryRequest(
        repository,
        wanted,
        settings=_settings_key(options, below, project, file_context=project.settings.file_context),
        revision=options.revision,
        since=since,
        until=until,
        paths=tuple(path for path in below if path),
        cells=selection.cells,
        declared=options.declared,
        file_context=project.settings.file_context,
        past=project.settings.past,
        state=options.state,
        model=options.model,
        jobs=options.jobs or cores(),
    )


def run_history(options: HistoryOptions) -> int:
    """Judge the commits, write the reports, and return the exit code."""
    if any(target.format is HistoryFormat.PARQUET and target.path is None for target in options.targets):
        raise CodeOriginError("--format parquet: name the file to write, as in --format parquet=FILE")
    request = history_request(options)
    with open_history(request) as run:
        totals, progress = Totals(), ProgressLine("commits", len(run.plan))
        try:
            _write_reports(run, totals, progress, options)
        except KeyboardInterrupt:
            progress.clear()
            to_stderr(
                f"stopped after {totals.commits:,} of {len(run.plan):,} commits; what was read is kept, and the same "
                "command goes on from there"
            )
            return ExitCode.INTERRUPTED
        if run.walk.repaired:
            to_stderr(repaired_phrase(run.walk.repaired))
        for problem in () if run.records is None else run.records.problems:
            to_stderr(problem)
    return ExitCode.OK


def _write_reports(run: HistoryRun, totals: Totals, progress: ProgressLine, options: HistoryOptions) -> None:
    """Write all reports in one pass over the results, which are counted in ``totals``."""
    with open_reports(options.targets) as reports:
        writers = []
        for report in reports:
            with report.writing():
                writers.append(history_writer(report.format, run, options, report.stream))
        for result in run.results():
            totals.add(result)
            for report, writer in zip(reports, writers, strict=True):
                with report.writing():
                    writer.add(result)
            progress.show(totals.commits, run.walk.known)
        progress.clear()
        for report, writer in zip(reports, writers, strict=True):
            report.finish(partial(writer.finish, totals))


def _settings_key(
    options: HistoryOptions, below: Sequence[str], project: Project, *, file_context: bool
) -> str:
    """A hash of all settings that affect the result of a commit."""
    parts = [
        options.language,
        list(options.exclude),
        sorted(below),
        options.declared,
        file_context,
        [sorted(project.settings.languages), list(project.settings.exclude)],
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
