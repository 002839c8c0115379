"""Small texts that cost a parser a time or a memory that grows with the square of their size, or an endless time."""

import os
from pathlib import Path

import pytest
from tests.server.lsp.raw import FAULTY, serving

from codeorigin.functions.outline import Outline, outline
from codeorigin.languages import get_language, parse_budget
from support.command import TERSE, complaints, report_of, run
from support.waiting import wait_for

# What each was measured to take before: 9 s and 3 GB for the first, a crash for the second.
HARD = {
    "java, 32 kB": ("java", "A<" * 16_000),
    "java, 64 kB": ("java", "A<" * 32_000),
    "c#": ("csharp", "A<" * 16_000),
    "typescript": ("typescript", "a<b," * 16_000),
    "ruby": ("ruby", "%(" * 30_000),
    "c++": ("cpp", 'R"x(' * 100_000),
    "python, 9 kB": ("python", "/*\n" * 3_000),
    "c#, operators": ("csharp", "&," * 5_000),
    "typescript, 117 characters": ("typescript", "%private]<a>(" * 9),
}


@pytest.mark.parametrize("name", HARD)
def test_parser_is_stopped(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_budget, "SECONDS", 0.5)  # enough for each that fails for its memory
    language, text = HARD[name]
    assert outline(text, get_language(language)) == Outline((), parsed=False)


@pytest.mark.parametrize(("language", "token"), [("ruby", "%w("), ("csharp", "equals ")])
def test_the_slowest_tokens_of_all_grammars_are_parsed(language: str, token: str) -> None:
    """Of 2,312 tokens, these take longest: 10,000 of them as long as is allowed, these here a twentieth of that."""
    assert outline(token * 2_000, get_language(language)).parsed


@pytest.mark.parametrize("argument", ["a.java", "."])
def test_check_names_them_and_goes_on(tmp_path: Path, argument: str) -> None:
    (tmp_path / "a.java").write_text(HARD["java, 64 kB"][1])
    (tmp_path / "b.py").write_text(TERSE.read_text())
    formats = ("--format", "json", "--format", "text=report.txt")
    done = run("check", argument, "b.py", "--threshold", "0", *formats, cwd=tmp_path)
    report = report_of(done)
    reason = "its syntax takes too much time or memory to read, so nothing in it was judged"
    assert [(each["path"], each["message"]) for each in report["errors"]] == [("a.java", reason)]
    assert complaints(done) == [f"codeorigin: a.java: {reason}"]
    assert done.returncode == 2
    assert [each["path"] for each in report["files"]] == ["b.py"]
    assert "1 file not checked." in (tmp_path / "report.txt").read_text()


def test_server_answers_while_the_parser_is_busy(tmp_path: Path) -> None:
    """Here, the parser may go on for ever with a text that it never ends."""
    with serving(command=FAULTY, environment={**os.environ, "ENDLESS": "1"}) as server:
        hard, other = (tmp_path / "hard.ts").as_uri(), (tmp_path / "other.py").as_uri()
        server.open(other, TERSE.read_text())
        server.findings(other)
        server.open(hard, HARD["typescript, 117 characters"][1], "typescript")
        wait_for(lambda: server.status()["queue"] == 1, what="the parser")
        server.hover(other)
        server.close(hard)
        wait_for(lambda: server.status()["queue"] == 0, what="the end of the work")
