"""Layers of settings, and which documents they leave out."""

import os
from pathlib import Path

import pytest

from codeorigin.git.walking import source_files
from codeorigin.lsp.documents.configuration import Configuration
from codeorigin.lsp.documents.documents import SourceDocument
from codeorigin.lsp.documents.scored_document import ScoringJob
from codeorigin.lsp.documents.snapshot import Snapshot
from codeorigin.settings.project import signature
from codeorigin.settings.schema import Settings, merge
from codeorigin.text.exclusions import exclusions


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_order_of_settings_layers(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    write(one, "codeorigin.toml", "debounce = 5\n")
    configuration = Configuration()
    configuration.set_initial({"codeorigin": {"debounce": 1, "severity": "error"}})
    configuration.set_editor(
        {"debounce": 2, "hoverTimeout": 2}, {two.as_uri(): {"debounce": 3}, one.as_uri(): {"debounce": 4}}
    )
    configuration.rebuild([one.as_uri(), two.as_uri()])
    assert configuration.problems == ()
    assert [configuration.of(each).debounce for each in (None, one.as_uri(), two.as_uri())] == [2, 5, 3]
    assert {configuration.of(each).hover_timeout for each in (None, one.as_uri(), two.as_uri())} == {2}
    assert configuration.of("file:///unknown").severity.value == "error"


def test_changed_file_is_noticed(tmp_path: Path) -> None:
    configuration = Configuration()
    for text in ("debounce = 5\n", 'exclude = ["a.py"]\n'):
        configuration.rebuild([tmp_path.as_uri()])
        assert not configuration.is_stale(tmp_path.as_uri())
        write(tmp_path, "codeorigin.toml", text)
        assert configuration.is_stale(tmp_path.as_uri())
    before = signature(tmp_path)
    os.utime(tmp_path / "codeorigin.toml", ns=(1, 1))
    assert signature(tmp_path) != before


@pytest.mark.parametrize(
    "patterns",
    [("build/", "!build/keep.py"), ("build/*", "!build/keep.py"), ("*.py", "!/src", "!keep.py"), ("/src/**",),
     ("src", "!src/", "!src/a.py"), ("**/deep/", "!a.py")],
)  # fmt: skip
def test_open_file_is_excluded_exactly_when_a_scan_skips_it(
    tmp_path: Path, patterns: tuple[str, ...]
) -> None:
    names = ("build/keep.py", "build/a.py", "src/a.py", "src/deep/a.py", "src/deep/keep.py", "a.py")
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    excluded = exclusions(patterns, tmp_path)
    scanned = {
        path.relative_to(tmp_path).as_posix()
        for path in source_files(tmp_path, lambda name: name.endswith(".py"), excluded)
    }
    settings = Settings(exclude=patterns)
    scored = {
        name
        for name in names
        if ScoringJob(snapshot("x", path=str(tmp_path / name)), settings, tmp_path).skipped() is None
    }
    assert scored == scanned


def snapshot(text: str, language: str = "python", path: str | None = "/w/a.py") -> Snapshot:
    uri = "untitled:a" if path is None else Path(path).as_uri()
    return SourceDocument(uri, source=text, language_id=language).snapshot()


@pytest.mark.parametrize(
    ("values", "given", "expected"),
    [
        ({}, snapshot("x"), None),
        ({"enable": False}, snapshot("x"), "switched off in the settings"),
        ({}, snapshot("x", "markdown", "/w/a.md"), "the language is not supported"),
        ({"languages": ["go"]}, snapshot("x"), "the language is switched off in the settings"),
        ({"exclude": ["b.py", "a.py"]}, snapshot("x"), "excluded by the settings: a.py"),
        ({"exclude": ["a.py", "!a.py"]}, snapshot("x"), None),
        ({"exclude": ["x\n*.py"]}, snapshot("x"), None),
        ({"exclude": ["a.py"]}, snapshot("x", path=None), None),
        ({"maxFileSize": 1000}, snapshot("x" * 1000), None),
        ({"maxFileSize": 1000}, snapshot("é" * 501), "larger than maxFileSize (1000 bytes)"),
        ({"maxFileSize": 1000}, snapshot("\ud800" * 334), "larger than maxFileSize (1000 bytes)"),
    ],
)
def test_reasons_for_not_scoring_a_document(
    values: dict[str, object], given: Snapshot, expected: str | None
) -> None:
    settings, _ = merge(Settings(), values, "test")
    assert ScoringJob(given, settings, Path("/w")).skipped() == expected
