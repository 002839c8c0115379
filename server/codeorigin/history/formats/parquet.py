"""A history as a Parquet file with one row per commit. Requires PyArrow, which the extra ``fleet`` installs."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from codeorigin.errors import CodeOriginError, SourceError
from codeorigin.history.formats.json import commit_values
from codeorigin.history.formats.report import HistoryReport
from codeorigin.text.regular_files import replacing_binary_file, trusted_root

_ROWS_AT_ONCE = 4096


def write(report: HistoryReport, path: Path | None) -> None:
    """Write the commits to ``path`` atomically.

    Raises:
        CodeOriginError: PyArrow is not installed, or ``path`` is None.
        SourceError: the file cannot be written.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError as error:
        raise CodeOriginError(
            "--format parquet needs PyArrow: install codeorigin with its extra 'fleet'"
        ) from error
    if path is None:
        raise CodeOriginError("--format parquet: name the file to write, with --output FILE")
    if path.is_dir():
        raise SourceError(f"{path}: cannot write the report here: is a folder")
    number, text = pa.float64(), pa.string()
    lines = [(name, pa.int64()) for name in ("human", "unsure", "llm")]
    part = pa.struct([("folder", text), ("language", text), ("functions", pa.int64()), *lines])
    schema = pa.schema(
        [
            *((name, text) for name in ("commit", "date")),
            *((name, pa.int64()) for name in ("functions", "written", "lines")),
            *lines,
            *((name, number) for name in ("logit", "probability")),
            *((name, text) for name in ("band", "reason")),
            ("human_share", number),
            *((name, pa.int64()) for name in ("unread", "missing")),
            ("declared", pa.list_(text)),
            ("parts", pa.list_(part)),
        ]
    )
    rows = _rows(report)
    try:
        with (
            replacing_binary_file(Path.cwd() / path, root=trusted_root(path)) as file,
            pq.ParquetWriter(file, schema) as writer,
        ):
            while some := list(islice(rows, _ROWS_AT_ONCE)):
                writer.write_table(pa.Table.from_pylist(some, schema))
    except OSError as error:
        raise SourceError(f"{path}: cannot write the report here: {error.strerror or error}") from error


def _rows(report: HistoryReport) -> Iterator[dict[str, Any]]:
    for result in report.results:
        values = commit_values(result)
        yield values | values.pop("band_lines")
