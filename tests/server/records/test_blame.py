"""``codeorigin blame``: the record and the weight of every line of a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.command import run
from support.declared_records import ANN, CLAUDE, CODEX, PERSON, SESSION, UNTRACKED, add_note, git_ai_note
from support.repositories import DECLARED, Repository, plain_functions


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": plain_functions("one", "two")}, date="2026-01-01")
    add_note(made, git_ai_note({"a.py": {f"{SESSION}::t_1": "1-6", PERSON: "9-13"}}))
    return made


def blamed(repository: Repository, name: str = "a.py") -> dict[str, Any]:
    done = run("blame", str(repository.folder / name), "--format", "json")
    assert (done.returncode, done.stderr) == (0, b"")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_every_line_has_its_record_and_its_weight(repository: Repository) -> None:
    found = blamed(repository)
    declared = [each["declared"] for each in found["lines"]]
    assert declared == [*[CODEX] * 6, UNTRACKED, UNTRACKED, *[ANN] * 5, UNTRACKED]
    assert [each["line"] for each in found["lines"]] == list(range(1, 15))
    assert [(each["name"], each["first_line"], each["last_line"]) for each in found["functions"]] == [
        ("one", 1, 6), ("two", 9, 14)
    ]  # fmt: skip
    judged = {
        line for each in found["functions"] for line in range(each["first_line"], each["last_line"] + 1)
    }
    assert {each["line"] for each in found["lines"] if each["weight"] is not None} == judged


def test_lines_that_are_not_committed_have_no_record(repository: Repository) -> None:
    repository.commit({"a.py": plain_functions("zero", "one", "two")}, date="2026-01-02", message=DECLARED)
    text = (repository.folder / "a.py").read_text()
    repository.write("a.py", text.replace("kept = []", "kept = list()", 1))
    declared = [each["declared"] for each in blamed(repository)["lines"]]
    assert declared[:2] == [CLAUDE, None]
    assert declared[8:14] == [CODEX] * 6
    assert declared[16:21] == [ANN] * 5
    assert "a.py" in repository.git("status", "--short")


def test_the_text_shows_records_without_names_of_people(repository: Repository) -> None:
    path = str(repository.folder / "a.py")
    text = run("blame", path).stdout.decode()
    assert text.startswith(
        "Declared: 6 lines codex, gpt-5.5 (git-ai); 5 lines a known person (git-ai); 3 lines untracked"
    )
    rows = [line for line in text.splitlines() if line.lstrip()[:1].isdigit()]
    assert len(rows) == 14
    assert rows[0].startswith("   1  codex, gpt-5.5 (git-ai)")
    assert text.splitlines()[3].split() == ["line", "declared", "weight"]
    assert "one, lines 1-6: " in text
    assert not any(name in text for name in ("Ann", "ann@"))


def test_a_file_without_records_has_no_column_for_them(tmp_path: Path) -> None:
    made = Repository(tmp_path / "quiet")
    made.commit({"a.py": plain_functions("one")}, date="2026-01-01")
    text = run("blame", made.folder / "a.py").stdout.decode()
    assert text.splitlines()[3].split() == ["line", "weight"]


def test_line_ends_of_windows_are_no_part_of_the_lines(repository: Repository) -> None:
    path = repository.folder / "a.py"
    text = run("blame", str(path)).stdout
    repository.git("config", "core.autocrlf", "true")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert run("blame", str(path)).stdout == text


def test_a_hostile_file_stays_text_in_the_terminal(repository: Repository) -> None:
    code = plain_functions("one").replace("kept = []", 'kept = ["\x1b[31m"]')
    repository.commit({"b.py": code}, date="2026-01-02")
    assert b"\x1b" not in run("blame", str(repository.folder / "b.py")).stdout


def test_what_has_no_record_at_all_is_said_in_one_line(repository: Repository, tmp_path: Path) -> None:
    alone = tmp_path / "alone.py"
    alone.write_text(plain_functions("one"))
    repository.write("notes.md", "# Notes\n")
    for path, said in (
        (alone, b"git"),
        (repository.folder / "none.py", b"no such file"),
        (repository.folder / "notes.md", b"unknown language"),
    ):
        done = run("blame", str(path))
        assert done.returncode == 2
        assert said in done.stderr
        assert done.stderr.count(b"\n") == 1
