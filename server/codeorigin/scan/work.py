"""What is done with one repository, by any process: its history is judged, and its rows are written."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from codeorigin.analysis.analyzer import Analyzer
from codeorigin.core.errors import CodeOriginError
from codeorigin.history.judge_commits import JudgeCommits
from codeorigin.history.open_history import open_history
from codeorigin.history.options import HistoryOptions
from codeorigin.history.results import CommitResult, Totals
from codeorigin.model.bundle import Bundle
from codeorigin.model.verdict import Band
from codeorigin.shell.terminal import display_path
from codeorigin.text.literal_text import shorten
from codeorigin.text.regular_files import make_folder, replacing_binary_file

_ROWS_AT_ONCE = 4096
_LONGEST_NAME = 200
_TEXT, _COUNT, _FIGURE = pa.string(), pa.int64(), pa.float64()
COMMITS = pa.schema(
    [
        *((name, _TEXT) for name in ("repository", "commit")),
        *((name, _COUNT) for name in ("seconds", "functions", "written", "moved", "lines", *Band)),
        *((name, _FIGURE) for name in ("logit", "probability", "human_share")),
        *((name, _TEXT) for name in ("band", "reason")),
        ("skipped", _COUNT),
        ("declared", pa.list_(_TEXT)),
    ]
)


@dataclass(frozen=True, slots=True)
class Work:
    """A repository to judge: its folder, the folder of the results, and the options of its history.

    All folders must have the same path on every machine.
    """

    repository: str
    out: str
    options: HistoryOptions


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a repository: its totals, or one line on why there are none."""

    repository: str
    totals: Totals = field(default_factory=Totals)
    error: str | None = None

    @property
    def failure(self) -> tuple[str, str] | None:
        """The repository and its error, for display; None if there is none."""
        if self.error is None:
            return None
        return shorten(display_path(self.repository), _LONGEST_NAME), self.error


def judge_repository(work: Work) -> Judged:
    """Judge the history of a repository and write a row for each commit; an error is returned, not raised.

    What an earlier run judged, whether it ended or was killed, is not judged again.
    """
    try:
        return Judged(work.repository, _judged(work))
    except Exception as error:
        # One broken repository must not end a scan of thousands.
        reason = str(error)
        if isinstance(error, CodeOriginError):
            reason = error.reason if str(error.path) == work.repository else reason
        elif isinstance(error, OSError):
            reason = (error.strerror if str(error.filename) == work.repository else None) or reason
        else:
            reason = f"unexpected {type(error).__name__}: {reason}"
        return Judged(work.repository, error=display_path(" ".join(reason.split())))


def _judged(work: Work) -> Totals:
    folder = Path(work.repository)
    if not folder.is_dir():
        raise CodeOriginError("no such folder", folder)
    totals = Totals()
    with open_history(work.options, _analyzer(work.options.model)) as history:
        rows = _rows(work.repository, history.results(), totals)
        write_rows(Path(work.out), f"commits/{key_of(work.repository)}.parquet", COMMITS, rows)
    totals.folders.clear()  # those of thousands of repositories are too many to keep
    return totals


def key_of(repository: str) -> str:
    """What files about a repository are called."""
    return hashlib.sha256(os.fsencode(repository)).hexdigest()[:24]


@lru_cache(maxsize=1)
def _analyzer(model: Path | None) -> Analyzer:
    # A process works on many repositories.
    return JudgeCommits.analyzer(Bundle.load(model))


def _rows(repository: str, results: Iterable[CommitResult], totals: Totals) -> Iterator[dict[str, object]]:
    """Yield a row for each result, which is counted in ``totals``."""
    for result in results:
        totals.add(result)
        values = {name: getattr(result, name) for name in COMMITS.names if hasattr(result, name)}
        yield values | result.band_lines | {"repository": display_path(repository)}


def write_rows(out: Path, name: str, schema: pa.Schema, rows: Iterator[Mapping[str, object]]) -> None:
    """Write a Parquet file below the folder of the results, which replaces an older one when all rows are there.

    Raises:
        CodeOriginError: it cannot be written.
    """
    path = out / name
    try:
        make_folder(path.parent, root=out)
        with (
            replacing_binary_file(path, root=out) as stream,
            pq.ParquetWriter(stream, schema, compression="zstd") as file,
        ):
            while some := list(islice(rows, _ROWS_AT_ONCE)):
                file.write_table(pa.Table.from_pylist(some, schema))
    except OSError as error:
        raise CodeOriginError(f"cannot write the results here: {error.strerror or error}", out) from error
