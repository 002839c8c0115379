import json
from pathlib import Path

import pytest

from codeorigin_training.corpus.readers.jsonl import read_jsonl
from codeorigin_training.corpus.rows import CorpusError, Row

LEAST = {"code": "def f():\n    return 1\n", "language": "python", "label": "human", "repo": "a/b"}


def write(folder: Path, *entries: object) -> Path:
    file = folder / "rows.jsonl"
    lines = [entry if isinstance(entry, str) else json.dumps(entry) for entry in entries]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_minimal_entry_gets_defaults_and_line_count(tmp_path: Path) -> None:
    assert list(read_jsonl(write(tmp_path, LEAST))) == [
        Row(LEAST["code"], "python", 0, "a/b", "", False, False, 2)
    ]


def test_every_column_is_read(tmp_path: Path) -> None:
    entry = LEAST | {
        "label": "llm",
        "language": "tsx",
        "agent": "robot",
        "generator": "robot-2",
        "is_test": True,
        "lines": 9,
        "path": "a.tsx",
        "commit": "abc",
        "date": "2024-01-02",
        "source": "mine",
        "group": "task",
    }
    (row,) = read_jsonl(write(tmp_path, entry))
    assert (row.label, row.language, row.agent, row.generator) == (1, "typescript", "robot", "robot-2")
    assert (row.is_test, row.lines, row.path, row.commit) == (True, 9, "a.tsx", "abc")
    assert (row.date, row.source, row.group, row.unit) == ("2024-01-02", "mine", "task", "task")


def test_evidence_tells_modern_human_code(tmp_path: Path) -> None:
    entries = [LEAST | {"evidence": evidence} for evidence in ("H-date-modern", "H-date")]
    assert [row.modern for row in read_jsonl(write(tmp_path, *entries))] == [True, False]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("{oops", "is not JSON"),
        ("[1]", "must be a JSON object"),
        ({"code": "x"}, "lacks language, label, repo"),
        (LEAST | {"label": "maybe"}, "label must be llm or human, not 'maybe'"),
        (LEAST | {"language": "cobol"}, "unknown language 'cobol'"),
        (LEAST | {"lines": "4"}, "lines must be int"),
        (LEAST | {"lines": True}, "lines must be int"),
        (LEAST | {"repo": 4}, "repo must be text"),
        (LEAST | {"reop": "a/b"}, "unknown name reop"),
        (LEAST | {"code": " \n"}, "code is empty"),
    ],
)
def test_errors_name_the_line(tmp_path: Path, entry: object, message: str) -> None:
    # Blank lines count in the line number.
    with pytest.raises(CorpusError, match=rf"rows\.jsonl:3: .*{message}"):
        list(read_jsonl(write(tmp_path, LEAST, "", entry)))


def test_missing_or_binary_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "binary.jsonl").write_bytes(b"\xff\xfe\x00")
    for name in ("none.jsonl", "binary.jsonl"):
        with pytest.raises(CorpusError, match=rf"{name}: cannot be read"):
            list(read_jsonl(tmp_path / name))
