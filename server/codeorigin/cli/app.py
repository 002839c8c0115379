"""The ``codeorigin`` command: parses options and returns an exit code; each command has its own module."""

import dataclasses
import inspect
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import typer

import codeorigin
from codeorigin.check.options import CheckOptions
from codeorigin.core.errors import CodeOriginError
from codeorigin.history.options import HistoryOptions
from codeorigin.scan.options import ScanOptions
from codeorigin.shell.exit_codes import ExitCode, guarded, traceback_to_stderr
from codeorigin.shell.options import (
    BlameOptions,
    DoctorOptions,
    ExplainRequest,
    LanguageOptions,
    ProjectOptions,
    ServeOptions,
)
from codeorigin.shell.terminal import PROGRAM, to_stderr

# Each command imports its module only when it runs, so that `--version` and `--help` are fast.
# ruff: noqa: PLC0415

app = typer.Typer(
    name=PROGRAM,
    help="Estimate how likely each function was written by an LLM, and show which lines say so.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


_Options = TypeVar("_Options")


def command(run: Callable[[_Options], int]) -> Callable[[_Options], int]:
    """Add ``run`` as a command with its name, its description, and the options that it takes as one object."""
    options: Any = inspect.get_annotations(run)["options"]
    shared = {field.name for field in dataclasses.fields(ProjectOptions)}

    def parsed(**given: Any) -> None:
        raise typer.Exit(guarded(lambda: run(options(**given)), debug=given["debug"]))

    parsed.__name__, parsed.__doc__ = run.__name__, run.__doc__
    # Typer reads the parameters from here, as if they had been written out.
    parsed.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        # Those that many commands share come last in their help.
        [
            _parameter(field)
            for field in sorted(dataclasses.fields(options), key=lambda field: field.name in shared)
        ]
    )
    parsed.__annotations__ = {}
    app.command()(parsed)
    return run


def _parameter(field: "dataclasses.Field[Any]") -> inspect.Parameter:
    default = field.default
    if field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    elif default is dataclasses.MISSING:
        default = inspect.Parameter.empty
    return inspect.Parameter(
        field.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=field.type
    )


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"{PROGRAM} {codeorigin.__version__}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool,
        typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Estimate how likely each function was written by an LLM, and show which lines say so."""


@command
def check(options: CheckOptions) -> int:
    """Score the functions of files and folders. Exit code: 0 no findings, 1 findings, 2 an error."""
    from codeorigin.check.run import run_check

    return run_check(options)


@command
def explain(options: ExplainRequest) -> int:
    """Show the evidence of a function, line by line. Exit code: 0 done, 2 an error."""
    from codeorigin.cli.explain import run_explain

    return run_explain(options)


@command
def blame(options: BlameOptions) -> int:
    """Show what is declared about each line of a file. Exit code: 0 done, 2 an error."""
    from codeorigin.cli.blame import run_blame

    return run_blame(options)


@command
def history(options: HistoryOptions) -> int:
    """Judge what every commit of a repository wrote. Exit code: 0 done, 2 an error or a part missing, 130 stopped."""
    from codeorigin.history.command import run_history

    return run_history(options)


@command
def scan(options: ScanOptions) -> int:
    """Judge the histories of many repositories with Ray. Exit code: 0 done, 2 an error or a failed repository."""
    try:
        from codeorigin.scan.command import run_scan
    except ImportError as error:
        raise CodeOriginError(
            "scan needs Ray and PyArrow: install codeorigin with its extra 'scan'"
        ) from error
    return run_scan(options)


@command
def language(options: LanguageOptions) -> int:
    """Detect the language of files from their text. Exit code: 0 done, 2 a file could not be read."""
    from codeorigin.cli.language import run_language

    return run_language(options)


@command
def doctor(options: DoctorOptions) -> int:
    """Check versions, model files, results and speed. Exit code: 0 no problem, 2 a problem."""
    from codeorigin.cli.doctor import run_doctor

    return run_doctor(options)


@command
def serve(options: ServeOptions) -> int:
    """Run the language server for an editor."""
    from codeorigin.lsp.server import serve

    return serve(log_file=options.log_file, log_level=options.log_level.value, model_dir=options.model)


def with_optional_base(arguments: Sequence[str]) -> list[str]:
    """Add an empty base to ``check --changed`` if it is the last argument, or if an option or ``--`` follows."""
    given = list(arguments)
    if given[:1] != ["check"]:
        return given
    end = given.index("--") if "--" in given else len(given)
    for place in range(1, end):
        is_last = place + 1 == len(given)
        if given[place] == "--changed" and (is_last or given[place + 1].startswith("-")):
            given[place] = "--changed="
    return given


def main(arguments: Sequence[str] | None = None) -> int:
    """The console entry point: run one command and return its exit code.

    A usage error prints one line and returns 2. Without arguments, the help is shown.
    """
    given = with_optional_base(sys.argv[1:] if arguments is None else list(arguments))
    debug = "--debug" in given
    try:
        return guarded(lambda: _run(given), debug=debug)
    except Exception:
        traceback_to_stderr()
        return ExitCode.ERROR


def _run(given: list[str]) -> int:
    try:
        code = app(args=given or ["--help"], prog_name=PROGRAM, standalone_mode=False)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else ExitCode.ERROR
    except Exception as error:
        # typer bundles click or uses the installed one, so usage errors are recognized by their attributes.
        explain_usage = getattr(error, "format_message", None)
        if explain_usage is None:
            raise
        message = " ".join(str(explain_usage()).split())
        to_stderr(f"{message} (see {PROGRAM} --help)")
        return ExitCode.ERROR
    return code if isinstance(code, int) else ExitCode.OK
