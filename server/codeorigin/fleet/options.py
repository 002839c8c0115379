"""What the user asks of ``scan``."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codeorigin.cli.options import Debug, Declared, Jobs, Model, Since, Until


class EngineName(StrEnum):
    """Where the work is done."""

    LOCAL = "local"
    RAY = "ray"


class UnitKind(StrEnum):
    """What is judged in every repository: its commits, or the files of the newest commit."""

    COMMITS = "commits"
    TREE = "tree"


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What the user asks of ``scan``."""

    repositories: Annotated[
        Path,
        typer.Argument(metavar="REPOSITORIES.txt", help="A file that names one repository folder a line."),
    ]
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Folder of the results; a second run goes on there."
        ),
    ]
    engine: Annotated[EngineName, typer.Option(help="Processes of this machine, or a Ray cluster.")] = (
        EngineName.LOCAL
    )
    of: Annotated[UnitKind, typer.Option("--of", help="Every commit, or the files of the newest.")] = (
        UnitKind.COMMITS
    )
    since: Since = None
    until: Until = None
    address: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Of the Ray cluster. (default: $RAY_ADDRESS, or one here)"),
    ] = None
    declared: Declared = True
    model: Model = None
    jobs: Jobs = None
    debug: Debug = False
