"""``codeorigin history``: the verdicts on all commits, streamed, and their totals."""

from functools import partial

from codeorigin.history.formats import history_writer
from codeorigin.history.open_history import History, open_history
from codeorigin.history.options import HistoryOptions
from codeorigin.history.results import Totals
from codeorigin.settings.project import SHALLOW
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.output import open_reports
from codeorigin.shell.progress import ProgressLine
from codeorigin.shell.terminal import to_stderr


def run_history(options: HistoryOptions) -> int:
    """Judge the commits, write the reports, and return the exit code."""
    with open_history(options) as history:
        if history.lacks_past:
            to_stderr(SHALLOW)
        totals, progress = Totals(), ProgressLine("commits", len(history.plan))
        try:
            _write_reports(history, totals, progress)
        except KeyboardInterrupt:
            progress.clear()
            to_stderr(
                f"stopped after {totals.commits:,} of {len(history.plan):,} commits; what was judged is kept, and the "
                "same command goes on from there"
            )
            return ExitCode.INTERRUPTED
        for problem in history.problems:
            to_stderr(problem)
    return ExitCode.OK


def _write_reports(history: History, totals: Totals, progress: ProgressLine) -> None:
    """Write all reports in one pass over the results, which are counted in ``totals``."""
    with open_reports(history.options.targets) as reports:
        writers = []
        for report in reports:
            with report.writing():
                writers.append(history_writer(report.format, history, report.stream))
        for result in history.results():
            totals.add(result)
            for report, writer in zip(reports, writers, strict=True):
                with report.writing():
                    writer.add(result)
            progress.show(totals.commits, history.known)
        progress.clear()
        for report, writer in zip(reports, writers, strict=True):
            report.finish(partial(writer.finish, totals))
