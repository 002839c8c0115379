"""Renderers for the result of a check, and for a comparison of two, in every format."""

from enum import StrEnum
from typing import TextIO

from codeorigin.check.listing import Listing
from codeorigin.check.result import CheckResult
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


class DeltaFormat(StrEnum):
    """The formats of a comparison of two reports."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def write_report(
    result: CheckResult, report_format: ReportFormat, stream: TextIO, listing: Listing | None = None
) -> None:
    """Write ``result`` to ``stream``; ``listing`` is for text. Only the requested renderer is imported.

    Formats that list every function are streamed, because the whole text would take more memory than the rest of the
    check.
    """
    # ruff: noqa: PLC0415
    match report_format:
        case ReportFormat.TEXT:
            from codeorigin.check.formats import text

            text.write(result, stream, listing)
            return
        case ReportFormat.JSON:
            from codeorigin.check.formats.json import parts

            stream.writelines(parts(result))
            return
        case ReportFormat.SARIF:
            from codeorigin.check.formats.sarif import render
        case ReportFormat.HTML:
            from codeorigin.check.formats.html import parts

            stream.writelines(parts(result))
            return
        case ReportFormat.GITHUB:
            from codeorigin.check.formats.github import render
        case ReportFormat.GITLAB:
            from codeorigin.check.formats.gitlab import render
        case ReportFormat.MARKDOWN:
            from codeorigin.check.formats.markdown import render
        case ReportFormat.BADGE:
            from codeorigin.check.formats.badge import render
    write_all(stream, render(result))
