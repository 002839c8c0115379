"""Writers of a history in every format. Only those that are asked for are imported."""

from typing import TextIO

from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.history_run import HistoryRun
from codeorigin.history.options import HistoryFormat, HistoryOptions


def history_writer(
    history_format: HistoryFormat, run: HistoryRun, options: HistoryOptions, stream: TextIO
) -> HistoryWriter:
    """The writer for a format; raises CodeOriginError if it needs a package that is not installed."""
    # ruff: noqa: PLC0415
    match history_format:
        case HistoryFormat.TEXT:
            from codeorigin.history.formats.text import TextWriter

            return TextWriter(run, options, stream)
        case HistoryFormat.JSON:
            from codeorigin.history.formats.json import JsonWriter

            return JsonWriter(run, options, stream)
        case HistoryFormat.HTML:
            from codeorigin.history.formats.html import PageWriter

            return PageWriter(run, options, stream)
        case HistoryFormat.MARKDOWN:
            from codeorigin.history.formats.markdown import MarkdownWriter

            return MarkdownWriter(run, options, stream)
        case HistoryFormat.PARQUET:
            from codeorigin.history.formats.parquet import ParquetWriter

            return ParquetWriter(run, options, stream)
