"""The ``codeorigin`` command: parses options and returns an exit code; each command has its own module."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import codeorigin
from codeorigin.check import command as check_command
from codeorigin.check import delta_command
from codeorigin.cli.arguments import with_optional_base
from codeorigin.cli.exit_codes import ExitCode, complain_of_traceback, guarded
from codeorigin.cli.options import Debug, FileContext, Model, NoConfig, NoDeep, Threads, cores
from codeorigin.cli.terminal import PROGRAM, complain, open_closed_streams
from codeorigin.explain.explanation import Aggregation, Baseline, Method
from codeorigin.fleet import command as scan_command
from codeorigin.history import command as history_command

# Each command imports its module only when it runs, so that `--version` and `--help` are fast.
# ruff: noqa: PLC0415

app = typer.Typer(
    name=PROGRAM,
    help="Estimate how likely each function was written by an LLM, and show which lines say so.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class LogLevel(StrEnum):
    """The log levels of the language server."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class _Method(StrEnum):
    """What may be asked for; where the model is linear, Integrated Gradients come down to its exact shares."""

    INTEGRATED_GRADIENTS = Method.INTEGRATED_GRADIENTS.value
    OCCLUSION = Method.OCCLUSION.value


class ExplanationFormat(StrEnum):
    """The formats of an explanation and of a language guess."""

    TEXT = "text"
    JSON = "json"


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


check_command.register(app)


@app.command()
def explain(
    target: Annotated[str, typer.Argument(metavar="FILE:LINE", help="A line of the function, from 1.")],
    report_format: Annotated[
        ExplanationFormat, typer.Option("--format", "-f", help="Format of the explanation.")
    ] = ExplanationFormat.TEXT,
    method: Annotated[
        _Method, typer.Option(help="How to attribute the logit to the lines.")
    ] = _Method.INTEGRATED_GRADIENTS,
    baseline: Annotated[
        Baseline,
        typer.Option(
            "--ig-baseline", help="The baseline of Integrated Gradients: an input without evidence."
        ),
    ] = Baseline.MASK,
    aggregation: Annotated[
        Aggregation,
        typer.Option(help="How a token's embedding dimensions become one number; only sum adds up."),
    ] = Aggregation.SUM,
    nodes: Annotated[
        int,
        typer.Option(
            min=1, max=512, help="Quadrature nodes to start with; doubled while the result is too coarse."
        ),
    ] = 8,
    tokens: Annotated[
        int, typer.Option(min=0, max=1000, help="How many of the strongest tokens to list.")
    ] = 5,
    language: Annotated[
        str | None,
        typer.Option("--language", "-l", help="Language of the file. (default: by its name or text)"),
    ] = None,
    file_context: FileContext = None,
    no_deep: NoDeep = False,
    no_config: NoConfig = False,
    model: Model = None,
    threads: Threads = None,
    debug: Debug = False,
) -> None:
    """Show which lines of the function at FILE:LINE made the model think so."""

    def work() -> int:
        from codeorigin.cli.explain import ExplainRequest, parse_target, run_explain
        from codeorigin.explain.explanation import ExplainOptions

        options = ExplainOptions(
            method=Method(method.value),
            baseline=baseline,
            aggregation=aggregation,
            nodes=nodes,
            max_nodes=max(nodes, ExplainOptions().max_nodes),
            top_tokens=tokens,
            deep=not no_deep,
        )
        return run_explain(
            ExplainRequest(
                target=parse_target(target),
                options=options,
                as_json=report_format is ExplanationFormat.JSON,
                language=language,
                file_context=file_context,
                config=not no_config,
                model=model,
                threads=threads or cores(),
            )
        )

    raise typer.Exit(guarded(work, debug=debug))


@app.command()
def language(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files, or - for stdin.")],
    report_format: Annotated[
        ExplanationFormat, typer.Option("--format", "-f", help="Format of the answer.")
    ] = ExplanationFormat.TEXT,
    debug: Debug = False,
) -> None:
    """Detect the language of files from their text. Exit code: 0 done, 2 a file could not be read."""

    def work() -> int:
        from codeorigin.cli.language import LanguageOptions, run_language

        return run_language(LanguageOptions(paths, as_json=report_format is ExplanationFormat.JSON))

    raise typer.Exit(guarded(work, debug=debug))


@app.command()
def doctor(model: Model = None, threads: Threads = None, debug: Debug = False) -> None:
    """Check versions, model files, results and speed. Exit code: 0 no problem, 2 a problem."""

    def work() -> int:
        from codeorigin.cli.doctor import run_doctor

        return run_doctor(model=model, threads=threads or cores(), debug=debug)

    raise typer.Exit(guarded(work, debug=debug))


@app.command()
def serve(
    log_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append the log to this file.")
    ] = None,
    log_level: Annotated[LogLevel, typer.Option(help="How much to log.")] = LogLevel.INFO,
    model: Model = None,
    debug: Debug = False,
) -> None:
    """Run the language server for an editor."""

    def work() -> int:
        from codeorigin.cli.serve import run_serve

        return run_serve(log_file=log_file, log_level=log_level.value, model=model)

    raise typer.Exit(guarded(work, debug=debug))


history_command.register(app)
scan_command.register(app)
delta_command.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """The console entry point: run one command and return its exit code.

    A usage error prints one line and returns 2. Without arguments, the help is shown.
    """
    given = with_optional_base(sys.argv[1:] if arguments is None else list(arguments))
    debug = "--debug" in given
    try:
        return guarded(lambda: _run(given), debug=debug)
    except Exception:
        complain_of_traceback()
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
        complain(f"{message} (see {PROGRAM} --help)")
        return ExitCode.ERROR
    return code if isinstance(code, int) else ExitCode.OK


if __name__ == "__main__":
    open_closed_streams()
    sys.exit(main())
