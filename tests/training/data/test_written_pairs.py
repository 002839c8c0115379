import json
from importlib import resources

import pytest

from codeorigin.languages import KEYWORDS
from codeorigin_training.data import written_pairs
from codeorigin_training.data.rows import Row
from codeorigin_training.data.written_pairs import WRITTEN, read_written_pairs, text_hash


def row(code: str, label: int = 0) -> Row:
    return Row(code, "python", label, "owner/repo", "", True, False, code.count("\n") + 1)


@pytest.fixture
def one_pair(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {
        "id": "abc",
        "human_sha256": text_hash("def f():\n  pass"),
        "llm_code": "def f():\n\n    return None",
    }
    monkeypatch.setattr(written_pairs, "written_entries", lambda: [entry])


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
    languages = {entry["language"] for entry in written_pairs.written_entries()}
    assert languages == set(KEYWORDS)
