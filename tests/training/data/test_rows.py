"""Rows of the corpus: read, written, and made of specifications."""

import json
from collections import Counter
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin.languages import KEYWORDS
from codeorigin_training.data import specifications
from codeorigin_training.data.rows import (
    DISTRIBUTION_SOURCE,
    MODERN,
    CorpusError,
    Row,
    limited,
    read_functions,
    read_human,
    read_pairs,
    read_snippets,
)
from codeorigin_training.data.specifications import (
    WRITTEN,
    read_specifications,
    read_written_pairs,
    text_hash,
)
from codeorigin_training.data.writer import OLD, SCHEMA, copy_pairs, write_functions
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


def test_only_kept_pairs_are_copied(tmp_path: Path) -> None:
    data = write_corpus(tmp_path / "data", repositories=8)
    copy_pairs(data / "pairs.parquet", {"pair1", "pair5"}, tmp_path / "pairs.parquet")
    assert sorted({row.pair for row in read_pairs(tmp_path)}) == ["pair1", "pair5"]


def test_without_pairs_an_empty_file_is_written(tmp_path: Path) -> None:
    copy_pairs(tmp_path / "gone.parquet", set(), tmp_path / "pairs.parquet")
    assert read_pairs(tmp_path) == []


ENTRY = {
    "id": "a1", "language": "python", "is_test": False, "human_code": "def f():\n    pass", "llm_code": "def f(): ...",
    "signature": "def f():", "context": "A module.", "behaviour": "Does nothing.",
    "similarity": 0.5, "repo": "some/repo", "commit": "c", "path": "p.py", "date": "2022-01-01",
    "evidence": "H-date-modern",
}  # fmt: skip


def write(folder: Path, *entries: dict[str, object]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(entries)), folder / "pairs.parquet")
    return folder


def test_specification_holds_task_and_both_answers(tmp_path: Path) -> None:
    (found,) = read_specifications(write(tmp_path, ENTRY))
    assert (found.behaviour, found.repo) == ("Does nothing.", "some/repo")
    assert (found.human_code, found.llm_code) == (ENTRY["human_code"], ENTRY["llm_code"])


@pytest.mark.usefixtures("one_pair")
def test_written_pairs_are_joined_to_functions_they_name(tmp_path: Path) -> None:
    assert [each.id for each in read_specifications(write(tmp_path, ENTRY))] == ["a1"]
    found = read_specifications(tmp_path, [row("def f():\n  pass")])[-1]
    assert (found.id, found.human_code) == ("abc", "def f():\n  pass")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ([], "not found"),
        ([{key: value for key, value in ENTRY.items() if key != "behaviour"}], "lacks the columns behaviour"),
        ([{**ENTRY, "behaviour": " "}], "a1 says nothing of the behaviour"),
    ],
)
def test_invalid_specifications_are_rejected(
    tmp_path: Path, entries: list[dict[str, object]], message: str
) -> None:
    if entries:
        write(tmp_path, *entries)
    with pytest.raises(CorpusError, match=message):
        read_specifications(tmp_path)


def row(code: str, label: int = 0) -> Row:
    return Row(code, "python", label, "owner/repo", "", True, False, code.count("\n") + 1)


@pytest.fixture
def one_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {key: ENTRY[key] for key in ("language", "repo", "signature", "context", "behaviour", "similarity")}
    code = {"human_sha256": text_hash("def f():\n  pass"), "llm_code": "def f():\n\n    return None"}
    entry = own | code | {"id": "abc", "instruction": "none"}
    monkeypatch.setattr(specifications, "written_entries", lambda: [entry])


@pytest.mark.usefixtures("one_pair")
def test_written_function_is_joined_to_its_original_by_hash() -> None:
    human, llm = read_written_pairs([row("def g(): pass"), row("def f():\n  pass")])
    assert (human.code, human.label) == ("def f():\n  pass", 0)
    assert (llm.code, llm.label, llm.lines) == ("def f():\n\n    return None", 1, 3)
    assert human.pair == llm.pair == WRITTEN + "abc"
    assert human.repo == llm.repo
    assert not llm.modern


@pytest.mark.usefixtures("one_pair")
def test_llm_row_or_second_copy_is_not_an_original() -> None:
    assert read_written_pairs([row("def f():\n  pass", label=1)]) == []
    assert len(read_written_pairs([row("def f():\n  pass")] * 2)) == 2


def test_shipped_pairs_contain_no_original_and_differ_from_theirs() -> None:
    folder = resources.files("codeorigin_training.data").joinpath("pairs")
    entries = []
    for file in folder.iterdir():
        of_language = [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]
        assert {entry["language"] for entry in of_language} == {file.name.removesuffix(".jsonl")}
        entries += of_language
    assert len(entries) > 3000
    assert len({entry["id"] for entry in entries}) == len(entries)
    for entry in entries:
        assert "human_code" not in entry
        assert text_hash(entry["llm_code"]) != entry["human_sha256"]
        assert entry["similarity"] <= 0.9
        assert entry["behaviour"]


def test_pairs_of_all_languages_are_read() -> None:
    languages = {entry["language"] for entry in specifications.written_entries()}
    assert languages == set(KEYWORDS)
