"""``codeorigin check``: checks files, writes a report, and returns an exit code for scripts."""

import sys
import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import codeorigin
from codeorigin.analysis.report import ChangeReport
from codeorigin.check.accepted import accepted_ids, update
from codeorigin.check.file_checks import FileCheck
from codeorigin.check.formats import ReportFormat, write_report
from codeorigin.check.inputs import Source, collect, find_project
from codeorigin.check.result import CheckedFile, CheckResult, FileError, Show, Tally, within_limits
from codeorigin.cli.exit_codes import ExitCode
from codeorigin.cli.output import ReportTarget, open_reports
from codeorigin.cli.terminal import complain
from codeorigin.errors import CodeOriginError
from codeorigin.model.limits import Limits
from codeorigin.settings.schema import Settings
from codeorigin.wording.changes import nothing_changed
from codeorigin.wording.totals import share_sentence

if TYPE_CHECKING:
    from codeorigin.git.changes import ChangeRequest
    from codeorigin.processes import WorkerPool
    from codeorigin.settings.project import Project


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What the user requested. ``targets`` are the reports to write; ``jobs`` is the maximum number of processes.

    ``documents`` includes Markdown and reStructuredText from folders and changes. ``file_context`` makes the other
    functions of a file count, if the model has a rule for that. Unless ``config`` is False, ``threshold``, ``exclude``
    and ``file_context`` default to the project's settings. ``editor`` holds an editor's settings, which apply where the
    project sets nothing. ``deep`` lets the deep part of a model refine verdicts, except for changes, which are judged
    without it.
    """

    paths: Sequence[str]
    targets: Sequence[ReportTarget[ReportFormat]] = (ReportTarget(ReportFormat.TEXT),)
    threshold: float | None = None
    language: str | None = None
    stdin_filename: str | None = None
    documents: bool = False
    exclude: Sequence[str] = ()
    show: Show = Show.ALL
    file_context: bool | None = None
    deep: bool = True
    config: bool = True
    editor: Mapping[str, Any] | None = None
    model: Path | None = None
    threads: int = 1
    jobs: int = 1
    debug: bool = False
    change: "ChangeRequest | None" = None
    accepted_file: Path | None = None
    accept_all: bool = False
    fail_on_share: float | None = None
    declared: bool = True


class _Steps(Protocol):
    """Shows progress. Errors are printed through it so that they do not break the progress bar."""

    def advance(self) -> None: ...

    def error(self, message: str) -> None: ...


class _Silent:
    def advance(self) -> None:
        """Do nothing."""

    def error(self, message: str) -> None:
        complain(message)


@contextmanager
def _progress(total: int) -> Iterator[_Steps]:
    """A progress bar on stderr if that is a terminal and there is something to wait for."""
    if total < 2 or not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    from codeorigin.cli.console import make_console  # noqa: PLC0415

    columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=make_console(sys.stderr), transient=True) as progress:
        task = progress.add_task("checking", total=total)

        class _Bar:
            def advance(self) -> None:
                progress.advance(task)

            def error(self, message: str) -> None:
                # The live display redirects sys.stderr, so the line is printed above the bar.
                complain(message)

        yield _Bar()


def _peak_memory_bytes() -> int | None:
    """Peak resident memory in bytes of the largest process of this run; None on systems without ``getrusage``."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return peak if sys.platform == "darwin" else peak * 1024


@contextmanager
def _sources(
    options: CheckOptions, project: "Project | None"
) -> Iterator[tuple[list[Source], list[FileError], ChangeReport | None]]:
    """The sources to check, the errors for the others, and the change if one was requested."""
    if options.change is None:
        yield (
            *collect(
                options.paths,
                language=options.language,
                stdin_filename=options.stdin_filename,
                exclude=options.exclude,
                project=project,
                documents=options.documents,
            ),
            None,
        )
        return
    from codeorigin.check.changes import changed_sources  # noqa: PLC0415

    with changed_sources(
        options.change,
        options.paths,
        language=options.language,
        exclude=options.exclude,
        project=project,
        declared=options.declared,
        documents=options.documents,
    ) as changed:
        if not changed.sources:
            complain(nothing_changed(changed.report))
        yield changed.sources, [], changed.report


def check(options: CheckOptions) -> CheckResult:
    """Check everything in ``options``. A file that fails becomes an error; the others are still checked.

    A file found in a folder that is not source text is skipped, and listed among the errors as skipped.

    Raises :class:`~codeorigin.errors.ModelError`, :class:`~codeorigin.errors.LanguageError` or another
    :class:`~codeorigin.errors.CodeOriginError` if nothing can be checked at all.
    """
    project = None
    if options.config or options.editor is not None:
        project = find_project(options.paths, options.stdin_filename, options.editor, files=options.config)
    settings = project.settings if project is not None else Settings()
    threshold = settings.threshold if options.threshold is None else options.threshold
    rate = settings.false_positive_rate if threshold is None else None
    file_context = settings.file_context if options.file_context is None else options.file_context
    accepted: frozenset[str] = frozenset()
    if options.accepted_file is not None:
        accepted = accepted_ids(options.accepted_file, may_be_new=options.accept_all)
    with ExitStack() as stack:
        sources, errors, change = stack.enter_context(_sources(options, project))
        for error in errors:
            complain(_error_line(error))
        from codeorigin.check.workers import begun_processes, worker_count  # noqa: PLC0415

        workers = worker_count(sources, options.jobs)
        pool = stack.enter_context(begun_processes(workers))
        # Imported late, because it takes a while and invalid options need no model.
        from codeorigin.model.bundle import Bundle  # noqa: PLC0415

        bundle = Bundle.load(options.model)
        limits = Limits(threshold, rate)
        tally = Tally(limits, accepted)
        files: list[CheckedFile] = []
        started = time.perf_counter()
        steps = stack.enter_context(_progress(len(sources)))
        how = FileCheck(
            model=options.model,
            threads=max(1, options.threads // workers),
            file_context=file_context,
            deep=options.deep and options.change is None,
            # Only the HTML report quotes code.
            keep_text=any(each.format is ReportFormat.HTML for each in options.targets),
            debug=options.debug,
        )
        for outcome in stack.enter_context(closing(_outcomes(sources, how, pool, workers))):
            if isinstance(outcome, FileError):
                found = [outcome]
            else:
                files += outcome
                found = [FileError(bundle.name, each.unrefined) for each in outcome if each.unrefined]
            # If the deep part fails, report it only once for all files.
            for error in dict.fromkeys(each for each in found if each not in errors):
                errors.append(error)
                steps.error(_error_line(error))
            steps.advance()
        if change is not None:
            from codeorigin.check.changes import judged_together  # noqa: PLC0415

            files, change = judged_together(files, change, bundle)
        files = [within_limits(file, limits) for file in files]
        for file in files:
            tally.add(file)
    seconds = time.perf_counter() - started
    return CheckResult(
        version=codeorigin.__version__,
        model=bundle.model_id,
        files=tuple(files),
        errors=tuple(errors),
        summary=tally.summary(errors=errors, seconds=seconds, peak_memory_bytes=_peak_memory_bytes()),
        threshold=threshold,
        false_positive_rate=rate,
        show=options.show,
        change=change,
        accepted=accepted,
    )


def _outcomes(
    sources: Sequence[Source], how: FileCheck, pool: "WorkerPool | None", workers: int
) -> Generator[tuple[CheckedFile, ...] | FileError]:
    """Yield the outcome of each source, in order; with a ``pool``, several processes do the work."""
    from codeorigin.check.workers import check_alone, check_in_processes  # noqa: PLC0415

    if pool is None:
        yield from check_alone(sources, how)
    else:
        yield from check_in_processes(sources, how, pool, workers)


def _error_line(error: FileError) -> str:
    return f"{error.path}: {'skipped: ' if error.skipped else ''}{error.message}"


def _checked(options: CheckOptions) -> CheckResult:
    """The result of the check, with its findings accepted if requested."""
    if options.accept_all and options.accepted_file is None:
        raise CodeOriginError("--update-baseline: name the file to write, with --baseline FILE")
    result = check(options)
    if options.accept_all and options.accepted_file is not None:
        return update(options.accepted_file, result)
    return result


def exit_code(result: CheckResult, fail_on_share: float | None = None) -> int:
    """The exit code: 0 for no findings, 1 for findings, 2 for errors.

    Errors take precedence, so that an incomplete check does not look like a complete one. Skipped files are an error
    only if there was nothing else to check. With ``fail_on_share``, the exit code is 1 only if more than that share of
    the lines that count are in findings.
    """
    summary = result.summary
    if summary.errors or (summary.skipped and not result.files):
        return ExitCode.ERROR
    if fail_on_share is not None:
        return ExitCode.FINDINGS if summary.finding_share > fail_on_share else ExitCode.OK
    return ExitCode.FINDINGS if summary.findings else ExitCode.OK


def run_check(options: CheckOptions) -> int:
    """Check, write the reports, and return the exit code; see :func:`exit_code`."""
    with open_reports(options.targets) as reports:
        result = _checked(options)
        for report in reports:
            report.finish(partial(write_report, result, report.format, report.stream))
    if options.fail_on_share is not None:
        complain(share_sentence(result.summary, options.fail_on_share))
    return exit_code(result, options.fail_on_share)
