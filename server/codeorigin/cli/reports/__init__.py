"""Renderers for the result of a check in every format, and for an explanation as text or JSON."""

from enum import StrEnum
from typing import TextIO

from codeorigin.cli.check_result import CheckResult
from codeorigin.cli.terminal import write_all


class ReportFormat(StrEnum):
    """The formats of the result of a check."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"
    GITHUB = "github"
    GITLAB = "gitlab"
    MARKDOWN = "markdown"
    BADGE = "badge"


def write_report(result: CheckResult, report_format: ReportFormat, stream: TextIO) -> None:
    """Write ``result`` to ``stream``. Only the requested renderer is imported.

    Formats that list every function are streamed, because the whole text would take more memory than the rest of the
    check.
    """
    # ruff: noqa: PLC0415
    match report_format:
        case ReportFormat.TEXT:
            from codeorigin.cli.reports import text

            text.write(result, stream)
            return
        case ReportFormat.JSON:
            from codeorigin.cli.reports.json import parts

            stream.writelines(parts(result))
            return
        case ReportFormat.SARIF:
            from codeorigin.cli.reports.sarif import render
        case ReportFormat.HTML:
            from codeorigin.cli.reports.html import parts

            stream.writelines(parts(result))
            return
        case ReportFormat.GITHUB:
            from codeorigin.cli.reports.github import render
        case ReportFormat.GITLAB:
            from codeorigin.cli.reports.gitlab import render
        case ReportFormat.MARKDOWN:
            from codeorigin.cli.reports.markdown import render
        case ReportFormat.BADGE:
            from codeorigin.cli.reports.badge import render
    write_all(stream, render(result))
