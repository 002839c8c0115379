"""What the user asks of ``history``."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from codeorigin.shell.options import (
    Declared,
    Exclude,
    Jobs,
    ProjectOptions,
    Since,
    Until,
    formats_option,
)
from codeorigin.shell.output import ReportTarget, parse_targets


class HistoryFormat(StrEnum):
    """The formats of a history."""

    TEXT = "text"
    JSON = "json"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class HistoryOptions(ProjectOptions):
    """What the user asks of ``history``."""

    path: Annotated[
        str, typer.Argument(metavar="[PATH]", help="A repository, or a file or folder in one.")
    ] = "."
    since: Since = None
    until: Until = None
    revision: Annotated[str, typer.Option(metavar="REV", help="Only commits reachable from this one.")] = (
        "HEAD"
    )
    language: Annotated[
        str | None, typer.Option("--language", "-l", metavar="NAME", help="Only code in this language.")
    ] = None
    exclude: Exclude = field(default_factory=list)
    declared: Declared = True
    formats: Annotated[list[str], formats_option(HistoryFormat)] = field(default_factory=list)
    state: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Where results are kept. (default: in your cache folder)",
        ),
    ] = None
    jobs: Jobs = None

    @property
    def targets(self) -> list[ReportTarget[HistoryFormat]]:
        """The reports to write; raises CodeOriginError."""
        return parse_targets(self.formats, HistoryFormat, HistoryFormat.TEXT)
