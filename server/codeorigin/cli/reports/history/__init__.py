"""Renderers for a history in every format. Only the requested one is imported."""

from typing import TextIO

from codeorigin.cli.reports.history.report import HistoryReport


def write_history(report: HistoryReport, history_format: str, stream: TextIO) -> None:
    """Write ``report`` to ``stream``, consuming its results as they arrive."""
    # ruff: noqa: PLC0415
    match history_format:
        case "json":
            from codeorigin.cli.reports.history import json

            json.write(report, stream)
        case "badge":
            from codeorigin.cli.reports.history import badge

            badge.write(report, stream)
        case "html":
            from codeorigin.cli.reports.history import html

            html.write(report, stream)
        case "markdown":
            from codeorigin.cli.reports.history import markdown

            markdown.write(report, stream)
        case _:
            from codeorigin.cli.reports.history import text

            text.write(report, stream)
