"""Where records and estimates disagree, and how a reviewer is asked about it."""

from dataclasses import replace

import pytest

from codeorigin.model.verdict import Band
from codeorigin.records.function_records import DeclaredBy, Disagreement, declared_by, disagreement
from codeorigin.records.record import UNTRACKED, Record, RecordSource, Strength, WrittenBy

AGENT = Record(RecordSource.GIT_AI, WrittenBy.AGENT, Strength.LINES, "codex", "gpt-5.5")
TRAILER = Record(RecordSource.TRAILER, WrittenBy.AGENT, Strength.COMMIT, "claude")
HELP = Record(RecordSource.TRAILER, WrittenBy.AGENT, Strength.MENTION, "claude")
PERSON = Record(RecordSource.GIT_AI, WrittenBy.PERSON, Strength.LINES)
STALE = replace(AGENT, is_stale=True)


@pytest.mark.parametrize("records", [[AGENT], [AGENT, TRAILER, AGENT]])
def test_code_that_is_all_an_agents_and_reads_human_is_asked_about(records: list[Record]) -> None:
    assert disagreement(records, Band.HUMAN) is Disagreement.READS_HUMAN
    assert disagreement(records, Band.LLM) is None


@pytest.mark.parametrize("records", [[], [None], [None, UNTRACKED]])
def test_code_without_any_record_that_reads_llm_written_is_asked_about(records: list[Record | None]) -> None:
    assert disagreement(records, Band.LLM) is Disagreement.NOT_DECLARED
    assert disagreement(records, Band.HUMAN) is None


@pytest.mark.parametrize("other", [PERSON, STALE, HELP])
def test_records_that_tell_less_decide_neither(other: Record) -> None:
    for band in Band:
        assert disagreement([other], band) is None
        assert disagreement([AGENT, other], band) is None
        assert disagreement([None, other], band) is None


@pytest.mark.parametrize(
    ("records", "whose"),
    [
        ([AGENT, TRAILER], DeclaredBy.AGENT),
        ([PERSON], DeclaredBy.PERSON),
        ([], DeclaredBy.NOBODY),
        ([UNTRACKED, None], DeclaredBy.NOBODY),
        ([AGENT, None], DeclaredBy.PARTLY),
        ([AGENT, UNTRACKED], DeclaredBy.PARTLY),
        ([AGENT, PERSON], DeclaredBy.PARTLY),
        ([STALE], DeclaredBy.PARTLY),
        ([HELP], DeclaredBy.PARTLY),
        ([replace(AGENT, by=WrittenBy.MIXED)], DeclaredBy.PARTLY),
    ],
)
def test_code_is_somebodys_if_all_records_say_so(records: list[Record | None], whose: DeclaredBy) -> None:
    assert declared_by(records) is whose


def test_what_is_unsure_or_has_no_verdict_disagrees_with_nothing() -> None:
    for band in (Band.UNSURE, None):
        assert disagreement([AGENT], band) is disagreement([None], band) is None
