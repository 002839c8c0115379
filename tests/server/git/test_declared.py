"""What commits say of themselves: agents alone, and nothing of people."""

import json
from pathlib import Path

import pytest

from codeorigin.cli.app import main
from codeorigin.git.declared import Declared, declared_agents
from codeorigin.git.repository import Repository as Opened
from support.repositories import Repository

CODE = "def f(values):\n    total = 0\n    for value in values:\n        total += value\n    return total\n"
CLAUDE = "Work\n\nCo-authored-by: Claude <noreply@anthropic.com>"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path / "work")
    made.commit({"a.py": "x = 1\n"}, date="2020-01-01", message="Work\n\nCo-authored-by: Bo <bo@example.org>")
    monkeypatch.chdir(made.folder)
    return made


@pytest.mark.parametrize(
    ("message", "author", "expected"),
    [
        (CLAUDE, "Ann <ann@example.org>", ("claude", "trailer")),
        (
            "Work\n\nAssisted-by: Cursor <cursoragent@cursor.com>",
            "Ann <ann@example.org>",
            ("cursor", "trailer"),
        ),
        ("Work\n\nGenerated with [Claude Code](x)", "Ann <ann@example.org>", ("claude", "trailer")),
        ("Work", "copilot-swe-agent[bot] <1+Copilot@users.noreply.github.com>", ("copilot", "author")),
        ("Talk of claude code and cursoragent@cursor.com", "Ann <ann@example.org>", None),
        ("Work", "Claude Monet <monet@example.org>", None),
    ],
)
def test_only_signatures_declare(
    repository: Repository, message: str, author: str, expected: tuple[str, str] | None
) -> None:
    repository.commit({"a.py": CODE}, date="2020-01-02", message=message, author=author)
    opened = Opened.of(repository.folder)
    head = opened.resolve("HEAD")
    found = list(declared_agents(opened.git, [head, "0" * 40]))
    assert found == ([] if expected is None else [Declared(head, *expected)])


def report(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    main(["check", "--format", "json", *options])
    return capsys.readouterr().out


def test_the_report_says_so_beside_the_estimate(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("checkout", "-q", "-b", "work")
    repository.commit({"a.py": CODE}, date="2020-01-02", message=CLAUDE)
    signed = repository.git("rev-parse", "HEAD")
    repository.commit({"b.py": CODE}, date="2020-01-03")
    declared = [{"commit": signed, "agent": "claude", "how": "trailer"}]
    by_commit = json.loads(report(capsys, "--commit", "HEAD~1"))
    by_range = json.loads(report(capsys, "--changed", "main"))
    assert by_commit["change"]["declared"] == by_range["change"]["declared"] == declared
    assert json.loads(report(capsys, "--commit", "HEAD"))["change"]["declared"] == []
    plain = json.loads(report(capsys, "--commit", "HEAD~1", "--no-declared"))
    assert plain["change"]["declared"] is None
    assert plain["files"] == by_commit["files"]
    sentence = (
        f"Says so itself: commit {signed[:10]} names claude in a trailer. "
        "That is a fact of the commit and no part of the estimate."
    )
    for report_format in ("text", "github", "html"):
        main(["check", "--changed", "main", "--format", report_format])
        assert sentence in capsys.readouterr().out
        main(["check", "--changed", "main", "--format", report_format, "--no-declared"])
        assert "Says so itself" not in capsys.readouterr().out


def test_people_are_not_named(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    message = f"{CLAUDE}\nCo-authored-by: Bo <bo@example.org>"
    repository.commit({"a.py": CODE}, date="2020-01-02", message=message)
    for report_format in ("json", "text", "html", "sarif", "github", "markdown", "gitlab"):
        main(["check", "--commit", "HEAD", "--threshold", "0", "--format", report_format])
        shown = capsys.readouterr().out
        assert shown
        assert not any(name in shown for name in ("Ann", "ann@", "Bo <", "bo@", "example.org"))
