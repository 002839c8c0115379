"""What commits declare about themselves: only agents, and nothing about people."""

import subprocess

import pytest

from codeorigin.records.commit_messages import declarations, message_records, model_name
from support.samples import samples

LINES = {line: head.partition(":")[0] for head, line in samples("trailers.txt")}
"""The last lines of messages, and whom they name."""


def named(message: str, author: str = "Ann <ann@example.org>") -> list[tuple[str, str]]:
    """The agents that a commit names, and where."""
    content = f"tree 0\nauthor {author} 0 +0000\ncommitter Ann <ann@example.org> 0 +0000\n\n{message}\n"
    return [(record.agent, record.source.value) for record in message_records(content.encode())]


@pytest.mark.parametrize("line", LINES)
def test_agents_are_recognized_by_what_they_call_themselves(line: str) -> None:
    assert named(f"Work\n\n{line}") == [(LINES[line], "trailer")] * (LINES[line] != "nobody")


@pytest.mark.parametrize(
    ("message", "author", "expected"),
    [
        ("Work", "copilot-swe-agent[bot] <1+Copilot@users.noreply.github.com>", [("copilot", "author")]),
        ("Work", "Claude Monet <monet@example.org>", []),
        ("Talk of claude code and cursoragent@cursor.com", "Ann <ann@example.org>", []),
        ("Co-authored-by: Claude <noreply@anthropic.com>", "Ann <ann@example.org>", []),
        ("Generated with Claude Code", "Ann <ann@example.org>", []),
    ],
)
def test_authors_declare_agents_and_subjects_nothing(
    message: str, author: str, expected: list[tuple[str, str]]
) -> None:
    assert named(message, author) == expected


@pytest.mark.parametrize("block", LINES)
def test_a_trailer_counts_only_where_git_finds_one(block: str) -> None:
    message = f"Work\n\n{block}\n"
    found = subprocess.run(
        ["git", "interpret-trailers", "--parse", "--no-divider"],
        input=message,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    ours = {line.value.split(" <")[0] for line in declarations(message)}
    footers = {value for value in ours if f"with {value}" in block or f"with [{value}" in block}
    assert all(f": {value}" in found or f": [{value}" in found for value in ours - footers)


def test_only_the_ends_of_a_message_are_read() -> None:
    """Ten thousand trailers cost more than a second a commit, and a past reads thousands of commits."""
    trailer = "Co-authored-by: Claude <noreply@anthropic.com>"
    crowd = "Co-authored-by: Bo <bo@example.org>\n" * 10_000
    assert len(declarations(f"Work\n\n{crowd}")) == 200 - 2
    assert declarations(f"Work\n\n{crowd}{trailer}")[-1].value.startswith("Claude")
    assert not any(
        line.value.startswith("Claude") for line in declarations(f"Work\n\n{crowd}{trailer}\n{crowd}")
    )


def test_names_of_models_are_short() -> None:
    assert len(model_name(f"Claude Opus {'4' * 900}") or "") <= 60
