"""A history as a Parquet file with one row per commit. Requires PyArrow, which the extra ``scan`` installs."""

from typing import Any, TextIO

from codeorigin.core.errors import CodeOriginError
from codeorigin.history.formats.json import commit_values
from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.history_run import HistoryRun
from codeorigin.history.options import HistoryOptions
from codeorigin.history.results import DECLARED_NAMES, CommitResult
from codeorigin.history.totals import Totals

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ImportError as error:
    raise CodeOriginError(
        "--format parquet needs PyArrow: install codeorigin with its extra 'scan'"
    ) from error


_ROWS_AT_ONCE = 4096
_NUMBER, _TEXT = pa.float64(), pa.string()
_LINES = [(name, pa.int64()) for name in ("human", "unsure", "llm")]
_DECLARED = ("declared_lines", pa.struct([(name, pa.int64()) for name in DECLARED_NAMES]))
_PART = pa.struct([("folder", _TEXT), ("language", _TEXT), ("functions", pa.int64()), *_LINES, _DECLARED])
_SCHEMA = pa.schema(
    [
        *((name, _TEXT) for name in ("commit", "date")),
        *((name, pa.int64()) for name in ("functions", "written", "lines", "moved")),
        ("moved_names", pa.list_(_TEXT)),
        *_LINES,
        *((name, _NUMBER) for name in ("logit", "probability")),
        *((name, _TEXT) for name in ("band", "reason")),
        ("human_share", _NUMBER),
        *((name, pa.int64()) for name in ("unread",)),
        ("declared", pa.list_(_TEXT)),
        _DECLARED,
        ("parts", pa.list_(_PART)),
    ]
)


class ParquetWriter(HistoryWriter):
    """Writes the bytes of the file below the text stream."""

    def __init__(self, run: HistoryRun, options: HistoryOptions, stream: TextIO) -> None:
        super().__init__(run, options, stream)
        self._file = pq.ParquetWriter(stream.buffer, _SCHEMA)
        self._rows: list[dict[str, Any]] = []

    def add(self, result: CommitResult) -> None:
        """Write the commit, together with others."""
        values = commit_values(result)
        self._rows.append(values | values.pop("band_lines"))
        if len(self._rows) == _ROWS_AT_ONCE:
            self._flush()

    def finish(self, totals: Totals) -> None:
        """Write the last commits and the end of the file."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        self._file.write_table(pa.Table.from_pylist(self._rows, _SCHEMA))
        self._rows.clear()
