"""The sentence of what is declared about a function's lines."""

import pytest

from codeorigin.records.record import UNTRACKED, Record, RecordSource, Strength, WrittenBy
from codeorigin.report.declared import declared_sentence, record_label


def by(tool: str) -> Record:
    return Record(RecordSource.GIT_AI, WrittenBy.AGENT, Strength.LINES, tool)


def test_runs_of_lines_are_told_together_the_longest_record_first() -> None:
    records = [UNTRACKED, None, by("codex"), by("codex"), None, by("codex")]
    assert declared_sentence(10, records) == (
        "Declared: lines 12-13, 15 by codex (git-ai); line 10 untracked (git-ai)"
    )


def test_nothing_is_said_without_a_record() -> None:
    assert declared_sentence(1, [None, None]) is None
    assert declared_sentence(1, []) is None


def test_it_stays_one_short_line() -> None:
    alternating = [by("codex") if line % 2 else None for line in range(1, 301)]
    assert declared_sentence(1, alternating) == (
        "Declared: lines 1, 3, 5 and 147 more lines by codex (git-ai)"
    )
    tools = [by(f"tool-{number}") for number in range(5)]
    assert declared_sentence(1, tools) == (
        "Declared: line 1 by tool-0 (git-ai); line 2 by tool-1 (git-ai); line 3 by tool-2 (git-ai); "
        "2 more lines by others"
    )


LABELS = {
    "a known person (git-ai)": Record(RecordSource.GIT_AI, WrittenBy.PERSON, Strength.LINES),
    "claude, claude-opus-4-6 (commit, trailer)": Record(
        RecordSource.TRAILER, WrittenBy.AGENT, Strength.COMMIT, "claude", "claude-opus-4-6"
    ),
    "claude (helped, trailer)": Record(RecordSource.TRAILER, WrittenBy.AGENT, Strength.MENTION, "claude"),
    "cursor and a person (stale, agent-trace)": Record(
        RecordSource.AGENT_TRACE, WrittenBy.MIXED, Strength.LINES, "cursor", is_stale=True
    ),
    "a person (file, header)": Record(RecordSource.HEADER, WrittenBy.PERSON, Strength.FILE),
    "an agent (file, header)": Record(RecordSource.HEADER, WrittenBy.AGENT, Strength.FILE),
    "an agent and a person (file, header)": Record(RecordSource.HEADER, WrittenBy.MIXED, Strength.FILE),
    "untracked (git-ai)": UNTRACKED,
    "-": None,
}


@pytest.mark.parametrize("label", LABELS)
def test_a_record_has_one_label_everywhere(label: str) -> None:
    assert record_label(LABELS[label]) == label
