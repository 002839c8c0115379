from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin_training.data.readers.snippets import SNIPPETS, read_snippets
from codeorigin_training.data.rows import CorpusError


def entry(code: str, **changes: str) -> dict[str, str]:
    least = {"code": code, "language": "python", "label": "llm", "generator": "robot-1", "source": "quiz"}
    return least | {"licence": "MIT", "group": "task-1"} | changes


def write(folder: Path, *entries: dict[str, str]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(entries)), folder / "snippets.parquet")
    return folder


def test_answers_stay_whole_and_are_grouped_by_task(tmp_path: Path) -> None:
    code = "import sys\n\ndef f(a):\n    return a\n\nprint(f(sys.argv))"
    (row,) = read_snippets(write(tmp_path, entry(f"\n{code}\n")) / SNIPPETS)
    assert (row.code, row.lines, row.label, row.generator) == (code, 6, 1, "robot-1")
    assert (row.unit, row.repo, row.source) == ("task-1", "snippets/quiz", "snippet")


def test_missing_file_or_column_is_reported(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="turn snippets off"):
        list(read_snippets(tmp_path / SNIPPETS))
    pq.write_table(pa.table({"code": ["x"]}), tmp_path / "snippets.parquet")
    with pytest.raises(CorpusError, match="lacks the columns generator, group"):
        list(read_snippets(tmp_path / SNIPPETS))
