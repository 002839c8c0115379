"""A history in every shape. Only the asked-for renderer is imported."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from codeorigin.history.commit_results import CommitResult
from codeorigin.history.run import HistoryRun


@dataclass(frozen=True, slots=True)
class HistoryReport:
    """What a renderer needs. ``results`` are read once, newest first; ``name`` is the repository's folder.

    ``since`` and ``until`` are as asked for, ``by`` says what the rows of a summary are.
    """

    run: HistoryRun
    results: Iterator[CommitResult]
    name: str
    since: str | None
    until: str | None
    by: str


def write_history(report: HistoryReport, history_format: str, stream: TextIO) -> None:
    """Write ``report`` to ``stream`` as its results come."""
    # ruff: noqa: PLC0415
    match history_format:
        case "json":
            from codeorigin.cli.reports.history import json

            json.write(report, stream)
        case "html":
            from codeorigin.cli.reports.history import html

            html.write(report, stream)
        case _:
            from codeorigin.cli.reports.history import text

            text.write(report, stream)
