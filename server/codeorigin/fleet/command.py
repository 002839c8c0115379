"""The command ``scan`` and its options."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codeorigin.cli.exit_codes import guarded
from codeorigin.cli.options import Debug, Documents, Jobs, Model, NoDeclared, Since, Until, cores

# ruff: noqa: PLC0415


class EngineName(StrEnum):
    """Where the work is done."""

    LOCAL = "local"
    RAY = "ray"


class ScanOf(StrEnum):
    """What is judged in every repository."""

    COMMITS = "commits"
    TREE = "tree"


def scan(
    repositories: Annotated[
        Path,
        typer.Argument(metavar="REPOSITORIES.txt", help="A file that names one repository folder a line."),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Folder of the results; a second run goes on there."
        ),
    ],
    engine: Annotated[
        EngineName, typer.Option(help="Processes of this machine, or a Ray cluster.")
    ] = EngineName.LOCAL,
    of: Annotated[
        ScanOf, typer.Option("--of", help="Every commit, or the files of the newest.")
    ] = ScanOf.COMMITS,
    since: Since = None,
    until: Until = None,
    address: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Of the Ray cluster. (default: $RAY_ADDRESS, or one here)"),
    ] = None,
    documents: Documents = False,
    no_declared: NoDeclared = False,
    model: Model = None,
    jobs: Jobs = None,
    debug: Debug = False,
) -> None:
    """Judge many repositories, on one machine or on a cluster. Exit code: 0 done, 2 an error or a failed repository."""

    def work() -> int:
        from codeorigin.fleet.run import ScanOptions, run_scan

        return run_scan(
            ScanOptions(
                repositories=repositories,
                output=output,
                engine=engine.value,
                of=of.value,
                since=since,
                until=until,
                address=address,
                documents=documents,
                declared=not no_declared,
                model=model,
                jobs=jobs if engine is EngineName.RAY else jobs or cores(),
            )
        )

    raise typer.Exit(guarded(work, debug=debug))


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command()(scan)
