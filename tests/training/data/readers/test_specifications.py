"""Specifications of same-task pairs: the task, who answered it, and what is rejected."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin_training.data import written_pairs
from codeorigin_training.data.readers import specifications
from codeorigin_training.data.readers.specifications import read_specifications
from codeorigin_training.data.rows import CorpusError, Row

ENTRY = {
    "id": "a1", "language": "python", "is_test": False, "human_code": "def f():\n    pass", "llm_code": "def f(): ...",
    "signature": "def f():", "context": "A module.", "behaviour": "Does nothing.", "instruction": "short",
    "similarity": 0.5, "repo": "some/repo", "commit": "c", "path": "p.py", "date": "2022-01-01",
    "evidence": "H-date-modern",
}  # fmt: skip


def write(folder: Path, *entries: dict[str, object]) -> Path:
    pq.write_table(pa.Table.from_pylist(list(entries)), folder / "pairs.parquet")
    return folder


def test_specification_holds_task_and_both_answers(tmp_path: Path) -> None:
    plain = {**ENTRY, "id": "a2", "instruction": None}
    first, second = read_specifications(write(tmp_path, ENTRY, plain))
    assert (first.behaviour, first.instruction, first.repo) == ("Does nothing.", "short", "some/repo")
    assert (first.human_code, first.llm_code) == (ENTRY["human_code"], ENTRY["llm_code"])
    assert second.instruction == "none"
    (told,) = read_specifications(write(tmp_path, {**ENTRY, "instruction": "error_handling"}))
    assert told.instruction == "error handling"


def test_written_pairs_are_joined_to_functions_they_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = "def g():\n    return 1"
    own = {key: ENTRY[key] for key in ("language", "repo", "signature", "context", "behaviour", "llm_code")}
    entry = {**own, "id": "w1", "instruction": "none", "similarity": 0.25,
             "human_sha256": written_pairs.text_hash(code)}  # fmt: skip
    monkeypatch.setattr(specifications, "written_entries", lambda: [entry])
    row = Row(code, "python", 0, "some/repo", "", modern=True, is_test=True, lines=2)
    assert [each.id for each in read_specifications(write(tmp_path, ENTRY))] == ["a1"]
    found = read_specifications(tmp_path, [row])[-1]
    assert (found.id, found.human_code) == ("w1", code)


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
