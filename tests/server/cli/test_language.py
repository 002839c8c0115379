"""``codeorigin language``, and ``check`` on input whose name does not tell the language."""

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema

from support.command import check, complaints, load_schema, run
from support.language_texts import CODE, NONE


def answer(done: "subprocess.CompletedProcess[bytes]") -> Any:
    report = json.loads(done.stdout)
    jsonschema.Draft202012Validator(load_schema("cli/language")).validate(report)
    return report


def test_language_is_detected_from_the_text(tmp_path: Path) -> None:
    for name, text in (("a.txt", CODE["go"]), ("b.py", CODE["rust"]), ("c", NONE["prose"]), ("empty", "")):
        (tmp_path / name).write_text(text, "utf-8")
    lines = run("language", "a.txt", "b.py", "c", cwd=tmp_path).stdout.decode().splitlines()
    assert [line.split(" (")[0] for line in lines] == ["a.txt: go", "b.py: rust", "c: not known"]
    report = answer(run("language", "--format", "json", "a.txt", "b.py", "c", "empty", cwd=tmp_path))
    found = {each["path"]: each["language"] for each in report["files"]}
    assert found == {"a.txt": "go", "b.py": "rust", "c": None, "empty": None}
    assert report["files"][-1]["confidence"] == 1.0
    assert report["errors"] == []


def test_every_unreadable_file_gets_one_clear_line_and_the_rest_is_detected(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\0\1\2" * 50)
    (tmp_path / "folder").mkdir()
    (tmp_path / "good").write_text(CODE["java"], "utf-8")
    reasons = {"binary": "is a binary file", "gone": "no such file", "folder": "is a folder; give a file"}
    done = run("language", "-f", "json", *reasons, "good", cwd=tmp_path)
    assert done.returncode == 2
    assert complaints(done) == [f"codeorigin: {name}: {reason}" for name, reason in reasons.items()]
    report = answer(done)
    assert [each["path"] for each in report["errors"]] == list(reasons)
    assert [each["language"] for each in report["files"]] == ["java"]


def test_language_of_stdin_is_detected() -> None:
    done = run("language", "-", stdin=CODE["ruby"].encode())
    assert done.returncode == 0
    assert done.stdout.startswith(b"<stdin>: ruby (")
    assert done.stderr == b""


def test_check_detects_the_language_of_stdin_unless_it_is_given() -> None:
    # Named twice, it is read once.
    _, report, (note,) = check("-", "-", stdin=CODE["python"].encode())
    assert note.startswith("codeorigin: <stdin>: taken for python by its text (")
    (file,) = report["files"]
    assert (file["path"], file["language"]) == ("<stdin>", "python")
    assert [each["name"] for each in file["functions"]] == ["load_orders"]
    assert check("-", "-l", "python", stdin=CODE["python"].encode())[2] == []
