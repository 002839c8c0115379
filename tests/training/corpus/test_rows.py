from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin_training.corpus.rows import CorpusError, read_functions, read_pairs
from support.corpus_maker import write_corpus


def test_functions_carry_label_era_and_origin(tmp_path: Path) -> None:
    rows = read_functions(write_corpus(tmp_path, repositories=3))
    assert len(rows) == 36
    assert {row.label for row in rows} == {0, 1}
    assert all(not row.modern for row in rows if row.label == 1)
    assert any(row.modern for row in rows)
    assert all(row.lines == row.code.count("\n") + 1 for row in rows)


def test_a_pair_is_two_rows_of_one_repository(tmp_path: Path) -> None:
    rows = read_pairs(write_corpus(tmp_path, repositories=4))
    assert [row.label for row in rows] == [0, 1, 0, 1]
    assert rows[0].pair == rows[1].pair != rows[2].pair
    assert rows[0].repo == rows[1].repo


def test_missing_corpus_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="--data"):
        read_functions(tmp_path)


def test_missing_column_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"code": ["x"]}), tmp_path / "functions.parquet")
    with pytest.raises(CorpusError, match="label"):
        read_functions(tmp_path)
