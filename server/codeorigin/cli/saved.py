"""What ``codeorigin report`` renders again: a check's report, or a history."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from codeorigin.cli.reports import ReportFormat
from codeorigin.cli.saved_report import NOT_OF_THIS_FORM, check_result, read_json
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


def read_saved(path: Path, report_format: ReportFormat) -> Callable[[TextIO], None]:
    """Read what ``check --format json`` or ``history --format json`` wrote, and return what writes it again.

    Raises:
        SourceError: the file cannot be read, or holds something else.
        CodeOriginError: a history cannot take this form, or what is there is rendered in another way.
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
            f"{shown}: is nothing that this version's 'codeorigin check --format json' or 'codeorigin "
            "history --format json' wrote; write it again"
        ) from error


def _writer(data: Any, report_format: ReportFormat, shown: str) -> Callable[[TextIO], None]:
    from codeorigin.cli.saved_history import history_report, is_history

    if is_history(data):
        from codeorigin.cli.reports.history import write_history

        if report_format not in _OF_HISTORIES:
            raise CodeOriginError(
                f"{shown}: is a history, whose functions stand in many versions of a file: --format {report_format} "
                "is for one; 'codeorigin check --commit REV' writes it for a commit"
            )
        return partial(write_history, history_report(data), report_format.value)
    if isinstance(data, dict) and {"added", "gone", "changed"} <= data.keys():
        raise CodeOriginError(
            f"{shown}: is a comparison of two reports; 'codeorigin delta OLD.json NEW.json' shows it from these"
        )
    from codeorigin.cli.reports import write_report

    return partial(write_report, check_result(data), report_format)
