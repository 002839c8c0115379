"""The command ``delta`` and its options. It reads saved JSON reports and needs no model."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from codeorigin.check.formats import DeltaFormat
from codeorigin.cli.exit_codes import ExitCode, guarded
from codeorigin.cli.options import Debug, Output, formats_option

# ruff: noqa: PLC0415


def delta(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A report of check --format json.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="A later one.")],
    formats: Annotated[list[str] | None, formats_option(DeltaFormat)] = None,
    every_change: Annotated[
        bool,
        typer.Option("--all", help="Also list functions of which only the probability has changed."),
    ] = False,
    output: Output = None,
    debug: Debug = False,
) -> None:
    """Compare two saved JSON reports. Exit code: 0 no new findings, 1 new findings, 2 an error."""

    def work() -> int:
        from codeorigin.check.delta import compare, read_functions
        from codeorigin.check.formats.delta import write_delta
        from codeorigin.cli.output import open_reports, parse_targets

        with open_reports(parse_targets(formats or (), output, DeltaFormat, DeltaFormat.TEXT)) as reports:
            delta = compare(read_functions(old), read_functions(new), every_change=every_change)
            for report in reports:
                report.finish(partial(write_delta, delta, report.format, report.stream))
        return ExitCode.FINDINGS if delta.new_findings else ExitCode.OK

    raise typer.Exit(guarded(work, debug=debug))


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(delta)
