"""``codeorigin check``: files in, a report out, an exit code for scripts."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

import codeorigin
from codeorigin.cli.check_result import CheckedFile, CheckResult, FileError, Show, Tally
from codeorigin.cli.exit_codes import ExitCode, describe_unexpected
from codeorigin.cli.inputs import Source, collect, find_project
from codeorigin.cli.reports import ReportFormat, write_report
from codeorigin.cli.terminal import complain, display_path
from codeorigin.errors import CodeOriginError, SourceError
from codeorigin.settings.schema import Settings
from codeorigin.source.regular_files import is_device_name, open_for_append, replacing_file

if TYPE_CHECKING:
    from codeorigin.analyzer import Analyzer


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What the user asked for; ``output`` None means stdout.

    ``file_context`` lets the other functions of a file count, if the model has a rule for that. The project's files
    give ``threshold``, ``exclude`` and ``file_context`` where they are not set, unless ``config`` is off.
    """

    paths: Sequence[str]
    report_format: ReportFormat = ReportFormat.TEXT
    threshold: float | None = None
    language: str | None = None
    stdin_filename: str | None = None
    exclude: Sequence[str] = ()
    show: Show = Show.ALL
    output: Path | None = None
    file_context: bool | None = None
    config: bool = True
    model: Path | None = None
    threads: int = 1
    debug: bool = False


class _Steps(Protocol):
    """Shows how far the work is; errors go through it so that they do not tear the bar."""

    def advance(self) -> None: ...

    def error(self, message: str) -> None: ...


class _Silent:
    def advance(self) -> None:
        """Nobody watches."""

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
                # The live display reroutes sys.stderr, so the line lands above the bar.
                complain(message)

        yield _Bar()


def _peak_memory_bytes() -> int | None:
    """Peak resident memory of this process, or None on systems without ``getrusage``."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _check_one(
    source: Source, analyzer: "Analyzer", options: CheckOptions, file_context: bool
) -> CheckedFile:
    text = source.read()
    report = analyzer.analyze(text, source.language.id, path=source.path, file_context=file_context)
    # Only this report quotes code.
    kept = text if options.report_format is ReportFormat.HTML else None
    return CheckedFile(source.path, report, kept)


def check(options: CheckOptions) -> CheckResult:
    """Analyse everything in ``options``. A file that fails becomes an error; the others are still checked.

    A file in a folder that is not source text is skipped, and listed among the errors as such.

    Raises :class:`~codeorigin.errors.ModelError` or :class:`~codeorigin.errors.LanguageError` when nothing
    can be checked at all.
    """
    from codeorigin.analyzer import Analyzer  # noqa: PLC0415 - takes a while, and bad options need no model

    project = find_project(options.paths, options.stdin_filename) if options.config else None
    settings = project.settings if project is not None else Settings()
    threshold = settings.threshold if options.threshold is None else options.threshold
    rate = settings.false_positive_rate if threshold is None else None
    file_context = settings.file_context if options.file_context is None else options.file_context
    sources, errors = collect(
        options.paths,
        language=options.language,
        stdin_filename=options.stdin_filename,
        exclude=options.exclude,
        project=project,
    )
    for error in errors:
        complain(_error_line(error))
    analyzer = Analyzer.load(options.model, threads=options.threads)
    tally = Tally(threshold, rate)
    files = []
    started = time.perf_counter()
    with _progress(len(sources)) as steps:
        for source in sources:
            try:
                checked = _check_one(source, analyzer, options, file_context)
            except Exception as error:
                if options.debug and not isinstance(error, CodeOriginError):
                    raise
                skipped = not source.named and isinstance(error, SourceError)
                failed = FileError(source.path, _reason(error, source.path), skipped)
                errors.append(failed)
                steps.error(_error_line(failed))
            else:
                tally.add(checked.report)
                files.append(checked)
            steps.advance()
    seconds = time.perf_counter() - started
    return CheckResult(
        version=codeorigin.__version__,
        model=analyzer.model_id,
        files=tuple(files),
        errors=tuple(errors),
        summary=tally.summary(errors=errors, seconds=seconds, peak_memory_bytes=_peak_memory_bytes()),
        threshold=threshold,
        false_positive_rate=rate,
        show=options.show,
    )


def _reason(error: Exception, path: str) -> str:
    """One line on why a file failed, without its path in front."""
    if not isinstance(error, CodeOriginError):
        return describe_unexpected(error)
    return display_path(str(error)).removeprefix(f"{path}: ")


def _error_line(error: FileError) -> str:
    return f"{error.path}: {'skipped: ' if error.skipped else ''}{error.message}"


def _open_output(path: Path) -> AbstractContextManager[TextIO]:
    """The stream of the report. A file gets it as a whole at the end, so that a failed check leaves the old one.

    In the current folder, which may be a cloned repository, no link is followed.
    """
    if is_device_name(path):
        return open_for_append(path)
    root = Path.cwd()
    inside = (root / path).is_relative_to(root) and ".." not in path.parts
    return replacing_file(root / path, root=root if inside else None)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SourceError(f"{path}: cannot write the report here: {error.strerror}") from error


def run_check(options: CheckOptions) -> int:
    """Check, write the report, and return the exit code: 0 no findings, 1 findings, 2 errors.

    Errors take precedence over findings: a check that missed a file must not look complete.
    Skipped files are not an error unless all files were skipped.
    """
    if options.output is None:
        result = check(options)
        write_report(result, options.report_format, sys.stdout)
    else:
        with ExitStack() as stack:
            # Opened first: better to fail before a long check than after it.
            with _writing(options.output):
                stream = stack.enter_context(_open_output(options.output))
            result = check(options)
            with _writing(options.output):
                write_report(result, options.report_format, stream)
                stack.close()
    if result.summary.errors or (result.summary.skipped and not result.files):
        return ExitCode.ERROR
    return ExitCode.FINDINGS if result.summary.findings else ExitCode.OK
