"""What the user asks of ``check``."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from codeorigin.check.formats import ReportFormat, Show
from codeorigin.shell.options import (
    Declared,
    Exclude,
    Jobs,
    LanguageOption,
    ProjectOptions,
    StdinFilename,
    formats_option,
)
from codeorigin.shell.output import ReportTarget, parse_targets


@dataclass(frozen=True, slots=True)
class CheckOptions(ProjectOptions):
    """What the user asks of ``check``. ``settings`` apply where the project's files set nothing."""

    paths: Annotated[
        list[str], typer.Argument(metavar="[PATH]...", help="Files, folders, or - for stdin. (default: .)")
    ] = field(default_factory=list)
    language: LanguageOption = None
    stdin_filename: StdinFilename = None
    exclude: Exclude = field(default_factory=list)
    changed: Annotated[
        str | None,
        typer.Option(
            metavar="[BASE]",
            help="Only functions changed in the working tree, or since HEAD left BASE.",
        ),
    ] = None
    staged: Annotated[bool, typer.Option("--staged", help="Only functions changed in the index.")] = False
    commit: Annotated[
        str | None, typer.Option(metavar="REV", help="Only functions changed by this commit.")
    ] = None
    declared: Declared = True
    show: Annotated[Show, typer.Option(help="What the text report lists.")] = Show.FINDINGS
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Add what was read, compared and measured.")
    ] = False
    formats: Annotated[list[str], formats_option(ReportFormat)] = field(default_factory=list)
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            metavar="P",
            help="Lowest probability of a finding. (default: the model's)",
        ),
    ] = None
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="File of accepted findings. (default: the project's)"),
    ] = None
    reads_baseline: Annotated[
        bool,
        typer.Option(
            " /--no-baseline",
            show_default=False,
            help="Report accepted findings too.",
        ),
    ] = True
    update_baseline: Annotated[bool, typer.Option("--update-baseline", help="Accept all findings.")] = False
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 despite findings.")] = False
    settings: Annotated[
        str | None,
        typer.Option(
            metavar="JSON",
            help="An editor's settings, used where the project's files set nothing.",
            hidden=True,
        ),
    ] = None
    jobs: Jobs = None

    def chosen(self) -> dict[str, Any]:
        """The settings that the user gave; a threshold takes the place of a share too."""
        given = ProjectOptions.chosen(self)
        if self.threshold is None:
            return given
        return {**given, "threshold": self.threshold, "false_positive_rate": None}

    @property
    def targets(self) -> list[ReportTarget[ReportFormat]]:
        """The reports to write; raises CodeOriginError."""
        return parse_targets(self.formats, ReportFormat, ReportFormat.TEXT)

    @property
    def is_of_change(self) -> bool:
        """Whether only the functions of a change are to be checked."""
        return self.changed is not None or self.staged or self.commit is not None
