"""The ``codeorigin`` command: options in, an exit code out; each command is a module."""

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import codeorigin
from codeorigin.cli import saved_commands
from codeorigin.cli.arguments import with_optional_base
from codeorigin.cli.check_result import Show
from codeorigin.cli.exit_codes import ExitCode, describe_unexpected, guarded
from codeorigin.cli.reports import ReportFormat
from codeorigin.cli.terminal import PROGRAM, complain
from codeorigin.errors import CodeOriginError
from codeorigin.explain.explanation import Aggregation, Baseline, Method

# Every command imports its own module when it runs, so that `--version` and `--help` answer at once.
# ruff: noqa: PLC0415

app = typer.Typer(
    name=PROGRAM,
    help="Estimate how likely each function was written by an LLM, and show which lines say so.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class LogLevel(StrEnum):
    """How much the language server writes to its log."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class ExplanationFormat(StrEnum):
    """The formats of an explanation and of a guess."""

    TEXT = "text"
    JSON = "json"


def _cores() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an unexpected error.")]
Model = Annotated[
    Path | None, typer.Option("--model", metavar="DIR", help="Model folder. (default: the one that ships)")
]
Threads = Annotated[
    int | None, typer.Option("--threads", min=1, help="Threads for the model. (default: all cores)")
]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Processes that check files side by side. (default: all cores)"),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--language", "-l", help="Language of stdin and of the named files; in folders, check only this one."
    ),
]
FileContext = Annotated[
    bool | None,
    typer.Option(
        "--file-context/--no-file-context",
        help="Let the other functions of a file count in a verdict, or judge each by its own text.",
    ),
]
NoConfig = Annotated[
    bool,
    typer.Option("--no-config", help="Do not read codeorigin.toml and pyproject.toml."),
]
StdinFilename = Annotated[
    str | None,
    typer.Option(
        "--stdin-filename", metavar="NAME", help="Name to show for stdin and to take its language from."
    ),
]


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


@app.command()
def check(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATH...", help="Files, folders, or - for stdin.")
    ] = None,
    changed: Annotated[
        str | None,
        typer.Option(
            metavar="[BASE]",
            help="Check only functions that the working tree changed against HEAD, or HEAD since it left BASE.",
        ),
    ] = None,
    staged: Annotated[
        bool, typer.Option("--staged", help="Check only functions that the index changed against HEAD.")
    ] = False,
    commit: Annotated[
        str | None, typer.Option(metavar="REV", help="Check only functions that this commit changed.")
    ] = None,
    report_format: Annotated[
        ReportFormat, typer.Option("--format", "-f", help="Format of the report.")
    ] = ReportFormat.TEXT,
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Probability from which a function is a finding. (default: the model's own)",
        ),
    ] = None,
    show: Annotated[Show, typer.Option(help="Which functions to list.")] = Show.ALL,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the report to this file, not to stdout."),
    ] = None,
    language: LanguageOption = None,
    stdin_filename: StdinFilename = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN", help="Exclude files that match, as in .gitignore. May be repeated."),
    ] = None,
    documents: Annotated[
        bool,
        typer.Option(
            "--documents",
            help="Check the code blocks of Markdown and reStructuredText in folders and changes too.",
        ),
    ] = False,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Accepted findings, as editors keep them: no findings any more."),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Accept all findings into the file of --baseline.")
    ] = False,
    fail_on_share: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            metavar="P",
            help="Exit with 1 only if findings are more than this share of the lines that were judged.",
        ),
    ] = None,
    no_declared: Annotated[
        bool,
        typer.Option("--no-declared", help="Do not look whether the commits of a change name an agent."),
    ] = False,
    file_context: FileContext = None,
    no_config: NoConfig = False,
    model: Model = None,
    threads: Threads = None,
    jobs: Jobs = None,
    debug: Debug = False,
) -> None:
    """Score the functions of files and folders. Exit code: 0 no findings, 1 findings, 2 an error."""

    def work() -> int:
        from codeorigin.cli.changes import change_request
        from codeorigin.cli.check import CheckOptions, run_check

        change = change_request(changed, staged, commit)
        if not paths and change is None:
            raise CodeOriginError("name files, folders or - to check, or a change (see codeorigin --help)")
        return run_check(
            CheckOptions(
                paths=paths or [],
                change=change,
                baseline=baseline,
                update_baseline=update_baseline,
                fail_on_share=fail_on_share,
                declared=not no_declared,
                report_format=report_format,
                threshold=threshold,
                language=language,
                stdin_filename=stdin_filename,
                exclude=exclude or (),
                documents=documents,
                show=show,
                output=output,
                file_context=file_context,
                config=not no_config,
                model=model,
                threads=threads or _cores(),
                jobs=jobs or _cores(),
                debug=debug,
            )
        )

    raise typer.Exit(guarded(work, debug=debug))


@app.command()
def explain(
    target: Annotated[str, typer.Argument(metavar="FILE:LINE", help="A line of the function, from 1.")],
    report_format: Annotated[
        ExplanationFormat, typer.Option("--format", "-f", help="Format of the explanation.")
    ] = ExplanationFormat.TEXT,
    method: Annotated[
        Method, typer.Option(help="How to attribute the logit to the lines.")
    ] = Method.INTEGRATED_GRADIENTS,
    baseline: Annotated[
        Baseline, typer.Option(help="Input without evidence that integrated gradients start from.")
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
            method=method,
            baseline=baseline,
            aggregation=aggregation,
            nodes=nodes,
            max_nodes=max(nodes, ExplainOptions().max_nodes),
            top_tokens=tokens,
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
                threads=threads or _cores(),
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
    """Tell the language of files by their text alone. Exit code: 0 done, 2 a file could not be read."""

    def work() -> int:
        from codeorigin.cli.language import LanguageOptions, run_language

        return run_language(LanguageOptions(paths, as_json=report_format is ExplanationFormat.JSON))

    raise typer.Exit(guarded(work, debug=debug))


@app.command()
def doctor(model: Model = None, threads: Threads = None, debug: Debug = False) -> None:
    """Check versions, model files, results and speed. Exit code: 0 no problem, 2 a problem."""

    def work() -> int:
        from codeorigin.cli.doctor import run_doctor

        return run_doctor(model=model, threads=threads or _cores(), debug=debug)

    raise typer.Exit(guarded(work, debug=debug))


@app.command()
def serve(
    tcp: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Listen here for a client that sends the token. (default: use stdin and stdout)",
        ),
    ] = None,
    socket: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Listen on a Unix socket here, which only you can open."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The token of --tcp. (default: $CODEORIGIN_TOKEN, else a new one, shown on stderr)",
        ),
    ] = None,
    allow_remote: Annotated[
        bool,
        typer.Option(
            "--allow-remote", help="Let --tcp listen where other machines can connect, unencrypted."
        ),
    ] = False,
    log_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Append the log to this file.")
    ] = None,
    log_level: Annotated[LogLevel, typer.Option(help="How much to log.")] = LogLevel.INFO,
    model: Model = None,
    debug: Debug = False,
) -> None:
    """Run the language server for an editor."""

    def work() -> int:
        from codeorigin.cli.serve import ServeOptions, parse_address, run_serve

        address = None if tcp is None else parse_address(tcp)
        return run_serve(
            ServeOptions(
                tcp=address,
                socket=socket,
                token_file=token_file,
                allow_remote=allow_remote,
                log_file=log_file,
                log_level=log_level.value,
                model=model,
            )
        )

    raise typer.Exit(guarded(work, debug=debug))


saved_commands.register(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """The console entry: run one command and return its exit code. Usage errors cost one line and 2.

    Without arguments it shows the help.
    """
    given = with_optional_base(sys.argv[1:] if arguments is None else list(arguments))
    try:
        code = app(args=given or ["--help"], prog_name=PROGRAM, standalone_mode=False)
    except KeyboardInterrupt:
        complain("interrupted")
        return ExitCode.INTERRUPTED
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else ExitCode.ERROR
    except Exception as error:
        # typer has its own click or uses the installed one, so usage errors are told by their attributes.
        explain_usage = getattr(error, "format_message", None)
        if explain_usage is None:
            if "--debug" in given:
                raise
            complain(describe_unexpected(error))
            return ExitCode.ERROR
        message = " ".join(str(explain_usage()).split())
        complain(f"{message} (see {PROGRAM} --help)")
        return ExitCode.ERROR
    return code if isinstance(code, int) else ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
