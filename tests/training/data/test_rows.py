from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin_training.data.rows import (
    DISTRIBUTION_SOURCE,
    CorpusError,
    limited,
    read_functions,
    read_human,
    read_pairs,
    read_snippets,
)
from support.corpus_maker import write_corpus, write_distribution


def test_functions_have_label_era_and_line_count(tmp_path: Path) -> None:
    rows = read_functions(write_corpus(tmp_path, repositories=3))
    assert len(rows) == 36
    assert {row.label for row in rows} == {0, 1}
    assert all(not row.modern for row in rows if row.label == 1)
    assert any(row.modern for row in rows)
    assert all(row.lines == row.code.count("\n") + 1 for row in rows)


def test_pair_is_two_rows_of_one_repository(tmp_path: Path) -> None:
    rows = read_pairs(write_corpus(tmp_path, repositories=4))
    assert [row.label for row in rows] == [0, 1, 0, 1]
    assert rows[0].pair == rows[1].pair != rows[2].pair
    assert rows[0].repo == rows[1].repo


def test_missing_corpus_is_reported_with_advice(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="--data"):
        read_functions(tmp_path)


def test_missing_column_is_named(tmp_path: Path) -> None:
    pq.write_table(pa.table({"code": ["x"]}), tmp_path / "functions.parquet")
    with pytest.raises(CorpusError, match="label"):
        read_functions(tmp_path)


def test_distribution_is_human_code_with_era_of_its_release(tmp_path: Path) -> None:
    rows = read_human(write_distribution(tmp_path, packages=4, functions=6))
    assert len(rows) == 24
    assert {row.label for row in rows} == {0}
    assert {row.source for row in rows} == {DISTRIBUTION_SOURCE}
    assert read_human(tmp_path / "without") == []
    assert [row.modern for row in rows] == [False] * 6 + [True] * 6 + [False] * 6 + [True] * 6


def test_limit_keeps_files_as_whole_as_possible(tmp_path: Path) -> None:
    write_distribution(tmp_path, packages=2, functions=9, per_file=3)
    rows = limited(read_human(tmp_path), 5)
    for repo in {row.repo for row in rows}:
        counts = sorted(Counter(row.path for row in rows if row.repo == repo).values())
        assert counts == [2, 3]
    assert rows == limited(read_human(tmp_path), 5)


def test_distribution_with_llm_code_is_rejected(tmp_path: Path) -> None:
    write_corpus(tmp_path, repositories=2)
    (tmp_path / "functions.parquet").rename(tmp_path / "human.parquet")
    with pytest.raises(CorpusError, match="human code alone"):
        read_human(tmp_path)


def test_snippets_stay_whole_and_are_grouped_by_task(tmp_path: Path) -> None:
    code = "import sys\n\ndef f(a):\n    return a\n\nprint(f(sys.argv))"
    entry = {"code": f"\n{code}\n", "language": "python", "label": "llm", "generator": "robot-1"}
    pq.write_table(
        pa.Table.from_pylist([entry | {"source": "quiz", "group": "task-1"}]), tmp_path / "s.parquet"
    )
    (row,) = read_snippets(tmp_path / "s.parquet")
    assert (row.code, row.lines, row.label, row.generator) == (code, 6, 1, "robot-1")
    assert (row.unit, row.repo, row.source) == ("task-1", "snippets/quiz", "snippet")
    with pytest.raises(CorpusError, match="pass a parquet file"):
        list(read_snippets(tmp_path / "none.parquet"))
