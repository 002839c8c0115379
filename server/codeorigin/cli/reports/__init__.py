"""A check's result in every format; an explanation as text or JSON."""

from enum import StrEnum
from typing import TextIO

from codeorigin.cli.check_result import CheckResult
from codeorigin.cli.terminal import write_all


class ReportFormat(StrEnum):
    """The formats of a check's result."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"
    GITHUB = "github"
    GITLAB = "gitlab"
    MARKDOWN = "markdown"
    BADGE = "badge"


def write_report(result: CheckResult, report_format: ReportFormat, stream: TextIO) -> None:
    """Write ``result`` to ``stream``. Only the asked-for renderer is imported."""
    # ruff: noqa: PLC0415
    match report_format:
        case ReportFormat.TEXT:
            from codeorigin.cli.reports import text

            text.write(result, stream)
        case ReportFormat.JSON:
            from codeorigin.cli.reports import json

            write_all(stream, json.render(result))
        case ReportFormat.SARIF:
            from codeorigin.cli.reports import sarif

            write_all(stream, sarif.render(result))
        case ReportFormat.HTML:
            from codeorigin.cli.reports import html

            write_all(stream, html.render(result))
        case ReportFormat.GITHUB:
            from codeorigin.cli.reports import github

            write_all(stream, github.render(result))
        case ReportFormat.GITLAB:
            from codeorigin.cli.reports import gitlab

            write_all(stream, gitlab.render(result))
        case ReportFormat.MARKDOWN:
            from codeorigin.cli.reports import markdown

            write_all(stream, markdown.render(result))
        case ReportFormat.BADGE:
            from codeorigin.cli.reports import badge

            write_all(stream, badge.render(result))
