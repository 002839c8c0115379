"""What the user asks of ``scan``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from codeorigin.shell.options import Debug, Declared, Jobs, Model, Past, Since, Until


@dataclass(frozen=True, slots=True)
class ScanOptions:
    """What the user asks of ``scan``."""

    repositories: Annotated[Path, typer.Argument(metavar="LIST", help="File with one repository a line.")]
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder of the results; another run resumes.")
    ]
    since: Since = None
    until: Until = None
    declared: Declared = True
    past: Past = True
    model: Model = None
    jobs: Jobs = None
    debug: Debug = False
