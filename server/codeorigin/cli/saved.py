"""Read what ``codeorigin report`` renders again: a report, a history, or a comparison of two reports."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from codeorigin.check.formats import ReportFormat
from codeorigin.check.saved_report import NOT_OF_THIS_FORM, check_result, read_json
from codeorigin.cli.terminal import display_path
from codeorigin.errors import CodeOriginError, SourceError

# ruff: noqa: PLC0415

_OF_HISTORIES = (
    ReportFormat.TEXT,
    ReportFormat.JSON,
    ReportFormat.HTML,
    ReportFormat.MARKDOWN,
    ReportFormat.BADGE,
)


_OF_DELTAS = (ReportFormat.TEXT, ReportFormat.JSON, ReportFormat.MARKDOWN)


def read_saved(path: Path, report_format: ReportFormat) -> Callable[[TextIO], None]:
    """Read the output of ``check``, ``history`` or ``delta`` with ``--format json``, and return a function to write it.

    Raises:
        SourceError: the file cannot be read, or contains something else.
        CodeOriginError: its content cannot be written in this format, or ``path`` is the folder of a scan, which
            already contains a page.
    """
    shown = display_path(path)
    if (path / "scan.json").is_file():
        raise CodeOriginError(
            f"{shown}: is the folder of a scan; its page is report.html in it, and the same scan writes that again"
        )
    try:
        return _writer(read_json(path), report_format, shown)
    except NOT_OF_THIS_FORM as error:
        raise SourceError(
            f"{shown}: is nothing that 'codeorigin check', 'codeorigin history' or 'codeorigin delta' of this "
            "version wrote with --format json; write it again"
        ) from error


def _writer(data: Any, report_format: ReportFormat, shown: str) -> Callable[[TextIO], None]:
    from codeorigin.check.delta import delta_of, is_delta
    from codeorigin.history.saved_history import history_report, is_history

    if is_history(data):
        from codeorigin.history.formats import write_history

        if report_format not in _OF_HISTORIES:
            raise CodeOriginError(
                f"{shown}: is a history, whose functions stand in many versions of a file: --format {report_format} "
                "is for one; 'codeorigin check --commit REV' writes it for a commit"
            )
        return partial(write_history, history_report(data), report_format.value)
    if is_delta(data):
        from codeorigin.check.formats.delta import write_delta

        if report_format not in _OF_DELTAS:
            raise CodeOriginError(
                f"{shown}: is a comparison of two reports, which takes the formats {', '.join(_OF_DELTAS)}; "
                f"'codeorigin report NEW.json --format {report_format}' writes the later one"
            )
        return partial(write_delta, delta_of(data), report_format.value)
    from codeorigin.check.formats import write_report

    return partial(write_report, check_result(data), report_format)
