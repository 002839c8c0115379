"""Renderers for the result of a check, in every format."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from types import MappingProxyType
from typing import TextIO

from codeorigin.check.result import CheckResult
from codeorigin.shell.terminal import write_all


class ReportFormat(StrEnum):
    """The formats of the result of a check."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"
    GITHUB = "github"
    GITLAB = "gitlab"
    MARKDOWN = "markdown"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a report has beside verdicts: the code and the evidence of so many findings, and links to lines on a host."""

    explained: float = 0
    links: bool = False


MOST_EXPLAINED = 10
"""How many findings have their strongest lines in Markdown; a page of HTML takes as many as it has room for."""

_NEEDS: Mapping[ReportFormat, Needs] = MappingProxyType(
    {
        ReportFormat.HTML: Needs(explained=float("inf"), links=True),
        ReportFormat.MARKDOWN: Needs(explained=MOST_EXPLAINED),
    }
)


def needs_of(formats: Iterable[ReportFormat]) -> Needs:
    """What reports in all of these ``formats`` need together."""
    found = [_NEEDS.get(report_format, Needs()) for report_format in formats]
    return Needs(max((needs.explained for needs in found), default=0), any(needs.links for needs in found))


class Show(StrEnum):
    """Which functions are listed."""

    FINDINGS = "findings"
    ALL = "all"


def write_report(
    result: CheckResult,
    report_format: ReportFormat,
    stream: TextIO,
    show: Show = Show.FINDINGS,
    *,
    verbose: bool = False,
) -> None:
    """Write ``result`` to ``stream``. Only the module of the format is imported.

    It yields the report in parts, because a whole one would take more memory than the rest of the check. Text is
    written to a terminal as wide as it is; ``show`` and ``verbose``, which adds what was read, compared and measured,
    are for it alone.
    """
    module = import_module(f"{__name__}.{report_format.value}")
    if report_format is ReportFormat.TEXT:
        module.write(result, stream, show, verbose=verbose)
        return
    for part in module.parts(result):
        write_all(stream, part)
