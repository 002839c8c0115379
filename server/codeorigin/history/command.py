"""The command ``history`` and its options."""

from pathlib import Path
from typing import Annotated

import typer

from codeorigin.cli.exit_codes import guarded
from codeorigin.cli.options import (
    Debug,
    Documents,
    Exclude,
    FileContext,
    Jobs,
    Model,
    NoConfig,
    NoDeclared,
    Output,
    Since,
    Until,
    cores,
    formats_option,
)
from codeorigin.history.options import HistoryFormat, HistoryOptions
from codeorigin.history.totals import By

# ruff: noqa: PLC0415


def history(
    path: Annotated[
        str, typer.Argument(metavar="[PATH]", help="A repository, or a file or folder in one.")
    ] = ".",
    since: Since = None,
    until: Until = None,
    by: Annotated[By, typer.Option(help="Rows of the summary.")] = By.MONTH,
    revision: Annotated[str, typer.Option(metavar="REV", help="The commits that this one reaches.")] = "HEAD",
    formats: Annotated[list[str] | None, formats_option(HistoryFormat)] = None,
    output: Output = None,
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="Judge only code of this language.")
    ] = None,
    exclude: Exclude = None,
    documents: Documents = False,
    no_declared: NoDeclared = False,
    file_context: FileContext = None,
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where results are kept, to go on later. (default: in your folder for caches)",
        ),
    ] = None,
    no_config: NoConfig = False,
    model: Model = None,
    jobs: Jobs = None,
    debug: Debug = False,
) -> None:
    """Judge what every commit of a repository wrote. Exit code: 0 done, 2 an error or a part missing, 130 stopped."""

    def work() -> int:
        from codeorigin.cli.output import parse_targets
        from codeorigin.history.stream import run_history

        return run_history(
            HistoryOptions(
                path=path,
                since=since,
                until=until,
                by=by,
                revision=revision,
                targets=parse_targets(formats or (), output, HistoryFormat, HistoryFormat.TEXT),
                language=language,
                exclude=exclude or (),
                documents=documents,
                declared=not no_declared,
                file_context=file_context,
                state=state,
                config=not no_config,
                model=model,
                jobs=jobs or cores(),
            )
        )

    raise typer.Exit(guarded(work, debug=debug))


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(history)
