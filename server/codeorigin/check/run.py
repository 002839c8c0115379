"""``codeorigin check``: checks files, writes a report, and returns an exit code for scripts."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import codeorigin
from codeorigin.analysis.judged import How, JudgedFile, Source
from codeorigin.analysis.worker_pool import worker_processes
from codeorigin.check.accepted import accept_all, accepted_by
from codeorigin.check.formats import needs_of, write_report
from codeorigin.check.inputs import STDIN, collect
from codeorigin.check.options import CheckOptions
from codeorigin.check.result import CheckResult, FileError, summarize
from codeorigin.check.selection import Selection
from codeorigin.check.workers import FileCheck, Outcome, outcomes, worker_count
from codeorigin.report.changes import ChangeReport, nothing_changed
from codeorigin.settings.project import Project, read_settings
from codeorigin.shell.exit_codes import ExitCode
from codeorigin.shell.options import cores
from codeorigin.shell.output import open_reports
from codeorigin.shell.progress import ProgressLine
from codeorigin.shell.terminal import to_stderr


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
    options: CheckOptions, project: Project
) -> Iterator[tuple[list[Source], list[FileError], ChangeReport | None]]:
    """The sources to check, the errors for the others, and the change if one was requested."""
    selection = Selection(project, options.language, options.exclude)
    if options.is_of_change:
        from codeorigin.check.changes import changed_sources  # noqa: PLC0415 - needs git

        with changed_sources(options, selection) as (sources, change):
            if not sources:
                to_stderr(nothing_changed(change))
            yield sources, [], change
    else:
        yield *collect(options.paths or ["."], selection, stdin_filename=options.stdin_filename), None


def check(options: CheckOptions) -> CheckResult:
    """Check everything in ``options``. A file that fails becomes an error; the others are still checked.

    A file found in a folder that is not source text is skipped, and listed among the errors as skipped.

    Raises :class:`~codeorigin.core.errors.ModelError`, :class:`~codeorigin.core.errors.LanguageError` or another
    :class:`~codeorigin.core.errors.CodeOriginError` if nothing can be checked at all.
    """
    project = Project.open(
        [(options.stdin_filename or ".") if name == STDIN else name for name in options.paths],
        options,
        None if options.settings is None else read_settings(options.settings),
    )
    settings = project.settings
    baseline, accepted = accepted_by(options, project)
    with ExitStack() as stack:
        sources, errors, change = stack.enter_context(_sources(options, project))
        for error in errors:
            to_stderr(_error_line(error))
        jobs = options.jobs or cores()
        workers = worker_count(sources, jobs)
        # Imported late, because it takes a while and invalid options need no model.
        from codeorigin.languages import parse_budget, parser_pool  # noqa: PLC0415

        budget = parse_budget.run_budget(shared=workers > 1)
        stack.enter_context(parse_budget.one_run(budget))
        pool = stack.enter_context(worker_processes(workers, budget))
        from codeorigin.model.bundle import Bundle  # noqa: PLC0415

        parser_pool.start()  # while the model is being read
        bundle = Bundle.load(options.model)
        needs = needs_of(target.format for target in options.targets)
        how = How(settings.file_context, keep_text=needs.explained > 0)
        checks = FileCheck(how, options.model, max(1, jobs // workers), options.debug)
        places = (source.file for source in sources)
        how = replace(how, past=project.past(places, bundle, partial(checks.load, bundle)))
        checks = replace(checks, how=how)
        started = time.perf_counter()
        files, failed = _checked(sources, outcomes(sources, checks, pool, bundle))
        errors += failed
        if change is not None:
            from codeorigin.check import changes  # noqa: PLC0415 - needs git

            files, change = changes.judged(files, change, bundle.calibration, how)
            if options.declared:
                files, change = changes.with_records(files, change, jobs)
    files = [judged.within(settings.limits, accepted) for judged in files]
    if options.update_baseline and baseline is not None:
        accepted = accept_all(baseline, files, is_change=change is not None)
        files = [judged.within(settings.limits, accepted) for judged in files]
    result = CheckResult(
        version=codeorigin.__version__,
        model=bundle.model_id,
        files=tuple(files),
        errors=tuple(errors),
        summary=summarize(
            files,
            errors=errors,
            seconds=time.perf_counter() - started,
            peak_memory_bytes=_peak_memory_bytes(),
        ),
        limits=settings.limits,
        change=change,
        past=how.past,
        is_compared=settings.past and bundle.calibration.past is not None,
    )
    if needs.explained:
        from codeorigin.check.evidence import line_evidence  # noqa: PLC0415 - most reports quote no code

        with parse_budget.one_run(budget):
            result = replace(result, evidence=line_evidence(result, checks.load(bundle), needs.explained))
    if needs.links:
        from codeorigin.check.origin import origin_of  # noqa: PLC0415 - most reports need no git

        result = replace(result, origin=origin_of(result, project.start or Path.cwd()))
    return result


def _checked(
    sources: Sequence[Source], outcomes: Iterable[Outcome]
) -> tuple[list[JudgedFile], list[FileError]]:
    """The files in the order of ``sources``, and the errors, which are said as they come."""
    files: list[JudgedFile] = []
    errors: list[FileError] = []
    progress = ProgressLine("files", len(sources), quiet=True)
    seen: set[str] = set()
    try:
        for outcome in outcomes:
            seen.add(outcome.path)
            if isinstance(outcome, FileError):
                errors.append(outcome)
                progress.clear()
                to_stderr(_error_line(outcome))
            else:
                files.append(outcome)
            progress.show(len(seen))
    finally:
        progress.clear()
    order = {source.path: number for number, source in enumerate(sources)}
    return sorted(files, key=lambda file: order[file.path]), errors


def _error_line(error: FileError) -> str:
    return f"{error.path}: {'skipped: ' if error.skipped else ''}{error.message}"


def exit_code(result: CheckResult) -> int:
    """The exit code: 0 for no findings, 1 for findings, 2 for errors.

    Errors take precedence, so that an incomplete check does not look like a complete one. Skipped files are an error
    only if there was nothing else to check.
    """
    summary = result.summary
    if summary.errors or (summary.skipped and not result.files):
        return ExitCode.ERROR
    return ExitCode.FINDINGS if summary.findings else ExitCode.OK


def run_check(options: CheckOptions) -> int:
    """Check, write the reports, and return the exit code; see :func:`exit_code`."""
    with open_reports(options.targets) as reports:
        result = check(options)
        for report in reports:
            write = partial(write_report, show=options.show, verbose=options.verbose)
            report.finish(partial(write, result, report.format, report.stream))
    code = exit_code(result)
    return ExitCode.OK if options.exit_zero and code == ExitCode.FINDINGS else code
