"""What the user asks of the commands about declared code."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

import typer

from codeorigin.shell.options import (
    Config,
    Debug,
    Exclude,
    Jobs,
    Model,
    Output,
    Past,
    formats_option,
)
from codeorigin.shell.output import ReportTarget, parse_targets


class EvaluationFormat(StrEnum):
    """The formats of an evaluation."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class EvaluationOptions:
    """What the user asks of ``evaluate-declared``."""

    path: Annotated[
        str, typer.Argument(metavar="[REPOSITORY]", help="A repository, or a file or folder in one.")
    ] = "."
    formats: Annotated[list[str], formats_option(EvaluationFormat)] = field(default_factory=list)
    output: Output = None
    language: Annotated[
        str | None, typer.Option("--language", "-l", help="Judge only code of this language.")
    ] = None
    exclude: Exclude = field(default_factory=list)
    files: Annotated[
        int, typer.Option(min=1, help="At most so many files, chosen by a hash of their paths.")
    ] = 2_000
    past: Past = True
    config: Config = True
    model: Model = None
    jobs: Jobs = None
    debug: Debug = False

    @property
    def targets(self) -> list[ReportTarget[EvaluationFormat]]:
        """The reports to write; raises CodeOriginError."""
        return parse_targets(self.formats, self.output, EvaluationFormat, EvaluationFormat.TEXT)


class BlameFormat(StrEnum):
    """The formats of a blame."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class BlameOptions:
    """What the user asks of ``blame``."""

    file: Annotated[str, typer.Argument(metavar="FILE", help="A source file in a repository.")]
    formats: Annotated[list[str], formats_option(BlameFormat)] = field(default_factory=list)
    output: Output = None
    past: Past = True
    config: Config = True
    model: Model = None
    debug: Debug = False

    @property
    def targets(self) -> list[ReportTarget[BlameFormat]]:
        """The reports to write; raises CodeOriginError."""
        return parse_targets(self.formats, self.output, BlameFormat, BlameFormat.TEXT)
