"""The command ``check`` and its options."""

from pathlib import Path
from typing import Annotated

import typer

from codeorigin.check.formats import ReportFormat
from codeorigin.check.result import Show
from codeorigin.cli.exit_codes import guarded
from codeorigin.cli.options import (
    Debug,
    Documents,
    Exclude,
    FileContext,
    Jobs,
    LanguageOption,
    Model,
    NoConfig,
    NoDeep,
    Output,
    StdinFilename,
    Threads,
    cores,
    formats_option,
)
from codeorigin.errors import CodeOriginError

# ruff: noqa: PLC0415


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
    formats: Annotated[list[str] | None, formats_option(ReportFormat)] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Probability from which a function is a finding. (default: the model's own)",
        ),
    ] = None,
    show: Annotated[Show, typer.Option(help="Which functions to list.")] = Show.ALL,
    output: Output = None,
    language: LanguageOption = None,
    stdin_filename: StdinFilename = None,
    exclude: Exclude = None,
    documents: Documents = False,
    accepted_file: Annotated[
        Path | None,
        typer.Option(
            "--baseline",
            metavar="FILE",
            help="File of accepted findings, as editors keep it: these are not reported.",
        ),
    ] = None,
    accept_all: Annotated[
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
    no_deep: NoDeep = False,
    no_config: NoConfig = False,
    settings: Annotated[
        str | None,
        typer.Option(
            metavar="JSON", help="An editor's settings, used where the project's files set nothing."
        ),
    ] = None,
    model: Model = None,
    threads: Threads = None,
    jobs: Jobs = None,
    debug: Debug = False,
) -> None:
    """Score the functions of files and folders. Exit code: 0 no findings, 1 findings, 2 an error."""

    def work() -> int:
        from codeorigin.check.run import CheckOptions, run_check
        from codeorigin.cli.output import parse_targets
        from codeorigin.settings.project import read_settings

        change = None
        if changed is not None or staged or commit is not None:
            from codeorigin.check.changes import change_request

            change = change_request(changed, staged, commit)
        if not paths and change is None:
            raise CodeOriginError("name files, folders or - to check, or a change (see codeorigin --help)")
        return run_check(
            CheckOptions(
                paths=paths or [],
                change=change,
                accepted_file=accepted_file,
                accept_all=accept_all,
                fail_on_share=fail_on_share,
                declared=not no_declared,
                targets=parse_targets(formats or (), output, ReportFormat, ReportFormat.TEXT),
                threshold=threshold,
                language=language,
                stdin_filename=stdin_filename,
                exclude=exclude or (),
                documents=documents,
                show=show,
                file_context=file_context,
                deep=not no_deep,
                config=not no_config,
                editor=None if settings is None else read_settings(settings),
                model=model,
                threads=threads or cores(),
                jobs=jobs or cores(),
                debug=debug,
            )
        )

    raise typer.Exit(guarded(work, debug=debug))


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(check)
