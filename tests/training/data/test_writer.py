from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from codeorigin_training.data.rows import MODERN, Row, read_functions, read_pairs
from codeorigin_training.data.writer import OLD, SCHEMA, copy_pairs, write_functions
from support.corpus_maker import write_corpus

HUMAN = Row(
    "def f(): pass", "python", 0, "a/b", "", True, False, 1, path="f.py", commit="1", date="2022-01-01"
)
LLM = replace(
    HUMAN,
    label=1,
    agent="robot",
    modern=False,
    is_test=True,
    generator="robot-2",
    source="mine",
    group="task",
    evidence="A-author",
)


def test_written_rows_are_read_back_unchanged(tmp_path: Path) -> None:
    write_functions([HUMAN, LLM], tmp_path / "new" / "functions.parquet")
    assert read_functions(tmp_path / "new") == [HUMAN, LLM]


def test_file_has_corpus_schema_and_no_temporary_file_is_left(tmp_path: Path) -> None:
    rows = [HUMAN, LLM, replace(HUMAN, modern=False, group="task")]
    write_functions(rows, tmp_path / "functions.parquet")
    table = pq.read_table(tmp_path / "functions.parquet")
    assert table.schema.equals(SCHEMA)
    assert table["evidence"].to_pylist() == [MODERN, "A-author", OLD]
    assert table["group"].to_pylist() == ["", "task", "task"]
    assert [path.name for path in tmp_path.iterdir()] == ["functions.parquet"]


def test_interrupted_write_leaves_existing_files_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_corpus(tmp_path / "data", repositories=8)
    write_functions([HUMAN], tmp_path / "functions.parquet")
    copy_pairs(data / "pairs.parquet", {"pair1"}, tmp_path / "pairs.parquet")
    before = [(tmp_path / f"{name}.parquet").read_bytes() for name in ("functions", "pairs")]

    def interrupted(table: object, path: Path, **_: object) -> None:
        path.write_bytes(b"PAR1 half of it")
        raise KeyboardInterrupt

    monkeypatch.setattr(pq, "write_table", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_functions([HUMAN, LLM], tmp_path / "functions.parquet")
    with pytest.raises(KeyboardInterrupt):
        copy_pairs(data / "pairs.parquet", {"pair5"}, tmp_path / "pairs.parquet")
    assert [(tmp_path / f"{name}.parquet").read_bytes() for name in ("functions", "pairs")] == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "functions.parquet", "pairs.parquet"]


def test_only_kept_pairs_are_copied(tmp_path: Path) -> None:
    data = write_corpus(tmp_path / "data", repositories=8)
    copy_pairs(data / "pairs.parquet", {"pair1", "pair5"}, tmp_path / "pairs.parquet")
    assert sorted({row.pair for row in read_pairs(tmp_path)}) == ["pair1", "pair5"]


def test_without_pairs_an_empty_file_is_written(tmp_path: Path) -> None:
    copy_pairs(tmp_path / "gone.parquet", set(), tmp_path / "pairs.parquet")
    assert read_pairs(tmp_path) == []
