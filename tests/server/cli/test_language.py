"""``codeorigin language``, and ``check`` on input whose name does not tell the language."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
from tests.support.command import complaints, report_of, run
from tests.support.language_texts import CODE, NONE

from support.schemas import load_schema


def answer(done: "subprocess.CompletedProcess[bytes]") -> Any:
    report = json.loads(done.stdout)
    jsonschema.Draft202012Validator(load_schema("cli/language")).validate(report)
    return report


def test_language_is_detected_from_the_text(tmp_path: Path) -> None:
    for name, text in (("a.txt", CODE["go"]), ("b.py", CODE["rust"]), ("c", NONE["prose"])):
        (tmp_path / name).write_text(text, "utf-8")
    paths = [str(tmp_path / name) for name in ("a.txt", "b.py", "c")]
    lines = run("language", *paths).stdout.decode().splitlines()
    assert [line.split(" (")[0] for line in lines] == [
        f"{paths[0]}: go", f"{paths[1]}: rust", f"{paths[2]}: not known",
    ]  # fmt: skip
    report = answer(run("language", "--format", "json", *paths))
    assert [(each["path"], each["language"]) for each in report["files"]] == [
        (paths[0], "go"), (paths[1], "rust"), (paths[2], None),
    ]  # fmt: skip
    assert report["errors"] == []


def test_unreadable_files_are_errors_and_the_rest_is_detected(tmp_path: Path) -> None:
    good, binary = tmp_path / "good", tmp_path / "binary"
    good.write_text(CODE["java"], "utf-8")
    binary.write_bytes(b"\0\1\2" * 50)
    names = [str(binary), str(tmp_path / "gone"), str(tmp_path), str(good)]
    done = run("language", "-f", "json", *names)
    assert done.returncode == 2
    reasons = ["is a binary file", "no such file", "is a folder; give a file"]
    assert [line.split(": ", 2)[2] for line in complaints(done)] == reasons
    report = answer(done)
    assert [each["path"] for each in report["errors"]] == names[:3]
    assert [each["language"] for each in report["files"]] == ["java"]


def test_every_unreadable_file_gets_one_clear_line(tmp_path: Path) -> None:
    huge, wide, latin, pipe, lost = (tmp_path / name for name in ("huge", "wide", "latin", "pipe", "lost"))
    huge.write_bytes(b"x = 1\n" * 400_000)
    wide.write_bytes("x = 1\n".encode("utf-16"))
    latin.write_bytes("# für\n".encode("latin-1"))
    os.mkfifo(pipe)
    lost.symlink_to(tmp_path / "nowhere")
    done = run("language", huge, wide, latin, pipe, lost)
    assert done.returncode == 2
    assert done.stdout == b""
    assert complaints(done) == [
        f"codeorigin: {huge}: is larger than 2,000,000 bytes",
        f"codeorigin: {wide}: is UTF-16; save it as UTF-8",
        f"codeorigin: {latin}: is not UTF-8 (byte 3); save it as UTF-8",
        f"codeorigin: {pipe}: is not a regular file",
        f"codeorigin: {lost}: no such file",
    ]


def test_language_of_stdin_is_detected() -> None:
    done = run("language", "-", stdin=CODE["ruby"].encode())
    assert done.returncode == 0
    assert done.stdout.startswith(b"<stdin>: ruby (")
    assert done.stderr == b""


def test_empty_file_has_no_language(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    assert answer(run("language", "-f", "json", empty))["files"] == [
        {"path": str(empty), "language": None, "confidence": 1.0}
    ]


def test_check_detects_the_language_of_stdin() -> None:
    done = run("check", "-", "-f", "json", stdin=CODE["python"].encode())
    (note,) = complaints(done)
    assert note.startswith("codeorigin: <stdin>: taken for python by its text (")
    (file,) = report_of(done)["files"]
    assert (file["path"], file["language"]) == ("<stdin>", "python")
    assert [each["name"] for each in file["functions"]] == ["load_orders"]


def test_check_detects_the_language_of_a_file_without_extension(tmp_path: Path) -> None:
    script = tmp_path / "deploy"
    script.write_text(CODE["ruby"], "utf-8")
    done = run("check", script, "-f", "json")
    assert "taken for ruby by its text" in complaints(done)[0]
    assert report_of(done)["files"][0]["language"] == "ruby"


def test_check_of_stdin_fails_if_the_language_is_unclear() -> None:
    done = run("check", "-", stdin=NONE["prose"].encode())
    assert done.returncode == 2
    assert complaints(done) == [
        "codeorigin: <stdin>: unknown language; set it with --language or --stdin-filename"
    ]


def test_given_language_is_not_guessed() -> None:
    done = run("check", "-", "-l", "python", "-f", "json", stdin=CODE["python"].encode())
    assert complaints(done) == []


def test_check_says_why_a_named_file_cannot_be_read(tmp_path: Path) -> None:
    binary = tmp_path / "blob"
    binary.write_bytes(b"\0" * 100)
    done = run("check", binary)
    assert done.returncode == 2
    assert complaints(done)[0] == f"codeorigin: {binary}: is a binary file"


def test_stdin_named_twice_is_read_once() -> None:
    done = run("check", "-", "-", "-f", "json", stdin=CODE["python"].encode())
    assert len(complaints(done)) == 1
    assert len(report_of(done)["files"]) == 1
