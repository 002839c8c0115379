"""Specifications of same-task pairs: the task, who answered it, and what is rejected."""

import json
from importlib import resources
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codeorigin.languages import KEYWORDS
from codeorigin_training.data import specifications
from codeorigin_training.data.rows import CorpusError, Row
from codeorigin_training.data.specifications import (
    WRITTEN,
    read_specifications,
    read_written_pairs,
    text_hash,
)

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
             "human_sha256": text_hash(code)}  # fmt: skip
    monkeypatch.setattr(specifications, "written_entries", lambda: [entry])
    assert [each.id for each in read_specifications(write(tmp_path, ENTRY))] == ["a1"]
    found = read_specifications(tmp_path, [row(code)])[-1]
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


def row(code: str, label: int = 0) -> Row:
    return Row(code, "python", label, "owner/repo", "", True, False, code.count("\n") + 1)


@pytest.fixture
def one_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {
        "id": "abc",
        "human_sha256": text_hash("def f():\n  pass"),
        "llm_code": "def f():\n\n    return None",
    }
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
