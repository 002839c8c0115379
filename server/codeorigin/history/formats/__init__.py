"""Renderers for a history in every format. Only the requested one is imported."""

from typing import TextIO

from codeorigin.history.formats.report import HistoryReport


def write_history(report: HistoryReport, history_format: str, stream: TextIO) -> None:
    """Write ``report`` to ``stream``, consuming its results as they arrive."""
    # ruff: noqa: PLC0415
    match history_format:
        case "json":
            from codeorigin.history.formats import json

            json.write(report, stream)
        case "badge":
            from codeorigin.history.formats import badge

            badge.write(report, stream)
        case "html":
            from codeorigin.history.formats import html

            html.write(report, stream)
        case "markdown":
            from codeorigin.history.formats import markdown

            markdown.write(report, stream)
        case _:
            from codeorigin.history.formats import text

            text.write(report, stream)
