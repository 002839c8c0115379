from pathlib import Path

import pytest

from codeorigin_training.corpus.readers.git_history import SignedCommit
from codeorigin_training.corpus.readers.git_trailers import (
    agent_of,
    agent_signatures,
    generator_of,
    read_repositories,
)
from codeorigin_training.corpus.rows import CorpusError, Row
from support.repositories import Repository

SIGNED = "Add\n\nCo-authored-by: Claude Opus 4.5 <noreply@anthropic.com>\n"


def function(name: str, step: int = 1) -> str:
    loop = f"    for value in values:\n        total += value * {step}\n"
    return f"def {name}(values):\n    total = 0\n{loop}\n    return total\n"


def commit(author: str = "Ann <ann@example.org>", message: str = "Work") -> SignedCommit:
    return SignedCommit("1" * 40, "2024-01-01", author, message)


def by_name(rows: list[Row]) -> dict[str, Row]:
    return {row.code.split("(")[0].removeprefix("def "): row for row in rows}


@pytest.mark.parametrize(
    ("author", "message", "agent"),
    [
        ("Ann <ann@example.org>", SIGNED, "claude"),
        ("copilot-swe-agent[bot] <198982749+Copilot@users.noreply.github.com>", "Fix", "copilot"),
        ("Ann (aider) <ann@example.org>", "Fix", "aider"),
        ("Ann <ann@example.org>", "x\n\nCo-authored-by: aider (gpt-4o) <aider@aider.chat>", "aider"),
        ("openhands <openhands@all-hands.dev>", "Fix", "openhands"),
        ("Ann <ann@example.org>", "x\n\nCo-authored-by: Cursor <cursoragent@cursor.com>", "cursor"),
        ("Ann <ann@example.org>", "x\n\nCo-authored-by: opencode <noreply@opencode.ai>", "opencode"),
        # Assistance is not authorship: it is shown for a commit, but gives no label.
        ("Ann <ann@example.org>", "x\n\nAssisted-by: GitHub Copilot", ""),
        ("Ann <ann@example.org>", "x\n\nMade-with: Cursor", ""),
        ("Ann <ann@example.org>", "Talk to claude about the cursor, copilot and aider", ""),
        ("Claude Dupont <claude@example.fr>", "Work", ""),
        ("Ann <ann@example.org>", "x\n\nCo-authored-by: Bob <bob@example.org>", ""),
    ],
)
def test_agents_are_recognized_only_by_their_signature(author: str, message: str, agent: str) -> None:
    assert agent_of(commit(author, message)) == agent


def test_human_coauthor_called_claude_is_not_an_agent() -> None:
    assert agent_of(commit(message="x\n\nCo-authored-by: Claude Dupont <claude@example.fr>")) == ""


def test_trailer_may_name_model() -> None:
    assert generator_of(commit(message=SIGNED)) == "claude-opus-4.5"
    assert generator_of(commit(message="x\n\nCo-authored-by: aider (gpt-4o) <aider@aider.chat>")) == "gpt-4o"
    assert generator_of(commit(author="openhands <openhands@all-hands.dev>")) == "openhands"


def test_agents_are_listed_once() -> None:
    names = [signature.name for signature in agent_signatures()]
    assert len(names) == len(set(names)) > 5


def test_functions_of_mixed_origin_are_left_out(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "tally")
    parts = {name: function(name) for name in ("old", "modern", "late", "signed", "edited")}
    history = [
        ("old", "2019-05-01", "Work"),
        ("modern", "2022-05-01", "Work"),
        ("late", "2024-05-01", "Work"),
        ("signed", "2025-05-01", SIGNED),
        ("edited", "2025-05-02", SIGNED),
    ]
    text = ""
    for name, date, message in history:
        text += "\n\n" + parts[name]
        repository.commit({"tally.py": text.lstrip()}, date=date, message=message)
    text = text.replace(parts["edited"], function("edited").replace("total = 0", "total = 10"))
    repository.commit({"tally.py": text.lstrip()}, date="2025-06-01")
    rows = by_name(list(read_repositories(tmp_path)))
    assert sorted(rows) == ["modern", "old", "signed"]
    assert [(rows[name].label, rows[name].modern) for name in ("old", "modern", "signed")] == [
        (0, False),
        (0, True),
        (1, False),
    ]
    signed = rows["signed"]
    assert (signed.agent, signed.generator, signed.date) == ("claude", "claude-opus-4.5", "2025-05-01")
    assert (signed.repo, signed.path, len(signed.commit)) == ("tally", "tally.py", 40)
    assert signed.code == function("signed").rstrip("\n")
    assert rows["old"].agent == rows["old"].generator == ""


def test_function_by_two_agents_is_left_out(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "tally")
    repository.commit({"a.py": function("both")}, date="2025-05-01", message=SIGNED)
    changed = function("both").replace("total = 0", "total = 1")
    repository.commit({"a.py": changed}, date="2025-05-02", author="openhands <openhands@all-hands.dev>")
    assert list(read_repositories(tmp_path)) == []


def test_reindenting_does_not_change_author(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "tally")
    repository.commit({"a.py": function("first")}, date="2019-05-01")
    repository.commit({"a.py": function("first").replace("    ", "\t")}, date="2025-05-01", message=SIGNED)
    (row,) = read_repositories(tmp_path)
    assert (row.label, row.date) == (0, "2019-05-01")


def test_files_with_crlf_are_attributed_line_by_line(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "tally")
    repository.commit({"a.py": function("first").replace("\n", "\r\n")}, date="2019-05-01")
    text = (function("first") + "\n" + function("second")).replace("\n", "\r\n")
    repository.commit({"a.py": text}, date="2025-05-01", message=SIGNED)
    rows = by_name(list(read_repositories(tmp_path)))
    assert {name: row.label for name, row in rows.items()} == {"first": 0, "second": 1}


def test_limit_applies_to_each_label_of_repository(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "tally")
    old = "\n\n".join(function(f"old{n}", n) for n in range(5))
    repository.commit({"old.py": old, "data.bin": "\0", "notes.txt": "no code"}, date="2019-05-01")
    repository.commit({"new.py": old.replace("old", "new")}, date="2025-05-01", message=SIGNED)
    rows = list(read_repositories(tmp_path, limit=3))
    assert [row.label for row in rows] == [0] * 3 + [1] * 3
    assert rows == list(read_repositories(tmp_path, limit=3))


def test_folder_without_repositories_is_reported_with_advice(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="clone the repositories"):
        list(read_repositories(tmp_path))


def test_repository_without_commits_is_named(tmp_path: Path) -> None:
    Repository(tmp_path / "empty")
    with pytest.raises(CorpusError, match=r"empty: git log failed"):
        list(read_repositories(tmp_path))
