"""A check's result as text, JSON, SARIF, HTML or GitHub workflow commands; an explanation as text or JSON."""

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
