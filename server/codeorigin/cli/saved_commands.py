"""The commands ``report`` and ``delta``, which read saved JSON reports and need no model."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codeorigin.check.formats import ReportFormat
from codeorigin.cli.exit_codes import ExitCode, guarded
from codeorigin.cli.options import Debug, Output

# ruff: noqa: PLC0415


class DeltaFormat(StrEnum):
    """The formats of a comparison."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def report(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="What check, history or delta --format json wrote.")
    ],
    report_format: Annotated[
        ReportFormat, typer.Option("--format", "-f", help="Shape of the report.")
    ] = ReportFormat.TEXT,
    output: Output = None,
    debug: Debug = False,
) -> None:
    """Render a saved JSON report again. Exit code: 0 done, 2 an error."""

    def work() -> int:
        from codeorigin.cli.output import write_output
        from codeorigin.cli.saved import read_saved

        write_output(output, lambda: read_saved(file, report_format), lambda write, stream: write(stream))
        return ExitCode.OK

    raise typer.Exit(guarded(work, debug=debug))


def delta(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A report of check --format json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="A later one.")],
    delta_format: Annotated[
        DeltaFormat, typer.Option("--format", "-f", help="Shape of the comparison.")
    ] = DeltaFormat.TEXT,
    every_change: Annotated[
        bool,
        typer.Option("--all", help="Also list functions of which only the probability has changed."),
    ] = False,
    output: Output = None,
    debug: Debug = False,
) -> None:
    """Compare two saved JSON reports. Exit code: 0 no new findings, 1 new findings, 2 an error."""

    def work() -> int:
        from codeorigin.check.delta import compare
        from codeorigin.check.formats.delta import write_delta
        from codeorigin.check.saved_report import read_report
        from codeorigin.cli.output import write_output

        made = write_output(
            output,
            lambda: compare(read_report(old), read_report(new), every_change=every_change),
            lambda delta, stream: write_delta(delta, delta_format.value, stream),
        )
        return ExitCode.FINDINGS if made.new_findings else ExitCode.OK

    raise typer.Exit(guarded(work, debug=debug))


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command()(report)
    app.command()(delta)
