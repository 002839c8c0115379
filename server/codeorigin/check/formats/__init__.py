"""Renderers for the result of a check, in every format."""

from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
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


class Show(StrEnum):
    """Which functions are listed."""

    FINDINGS = "findings"
    ALL = "all"


class Sort(StrEnum):
    """The order of the list: the likeliest to be LLM-written first, or by file and line."""

    SCORE = "score"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Listing:
    """How the text report lists functions; with ``statistics``, it counts them by language and folder instead.

    ``verbose`` adds what was read, compared and measured.
    """

    show: Show = Show.FINDINGS
    sort: Sort = Sort.SCORE
    statistics: bool = False
    verbose: bool = False


def write_report(
    result: CheckResult, report_format: ReportFormat, stream: TextIO, listing: Listing | None = None
) -> None:
    """Write ``result`` to ``stream``; ``listing`` is for text. Only the module of the format is imported.

    Formats that list every function are streamed, because the whole text would take more memory than the rest of the
    check.
    """
    module = import_module(f"{__name__}.{report_format.value}")
    if report_format is ReportFormat.TEXT:
        module.write(result, stream, listing)
    elif report_format in {ReportFormat.JSON, ReportFormat.HTML}:
        stream.writelines(module.parts(result))
    else:
        write_all(stream, module.render(result))
