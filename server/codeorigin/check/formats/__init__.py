"""Renderers for the result of a check, in every format."""

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


def write_report(
    result: CheckResult,
    report_format: ReportFormat,
    stream: TextIO,
    show: Show = Show.FINDINGS,
    *,
    verbose: bool = False,
) -> None:
    """Write ``result`` to ``stream``. Only the module of the format is imported.

    ``show`` and ``verbose``, which adds what was read, compared and measured, are for text.

    Formats that list every function are streamed, because the whole text would take more memory than the rest of the
    check.
    """
    module = import_module(f"{__name__}.{report_format.value}")
    if report_format is ReportFormat.TEXT:
        module.write(result, stream, show, verbose=verbose)
    elif report_format in {ReportFormat.JSON, ReportFormat.HTML}:
        stream.writelines(module.parts(result))
    else:
        write_all(stream, module.render(result))
