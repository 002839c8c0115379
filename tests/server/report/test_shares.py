"""The two shares behind a band in words: a verdict is said with one of them."""

from dataclasses import replace

import pytest

from codeorigin.model.verdict import Band, PooledReason, PooledVerdict, Reason, Verdict
from codeorigin.report.shares import human_phrase, llm_phrase, one_in, shares_sentence

VERDICT = Verdict(0.99, 3.0, Band.LLM, human_share=0.0004, llm_share=0.7, language="csharp")


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "fewer than 1 in 1,000"),
        (0.00099, "fewer than 1 in 1,000"),
        (0.001, "1 in 1,000"),
        (0.0068, "7 in 1,000"),
        (0.00949, "9 in 1,000"),
        (0.0095, "1 in 100"),
        (0.1, "1 in 10"),
        (0.31, "31 in 100"),
        (0.75, "3 in 4"),
        (0.994, "99 in 100"),
        (0.995, "more than 99 in 100"),
        (1.0, "more than 99 in 100"),
    ],
)
def test_share_is_never_a_claim_of_certainty(share: float, said: str) -> None:
    assert one_in(share) == said


def test_one_share_is_said_whatever_the_band() -> None:
    assert shares_sentence(VERDICT) == "Fewer than 1 in 1,000 human-written C# functions score this high."
    human = replace(VERDICT, band=Band.HUMAN, human_share=0.6, llm_share=0.03)
    assert shares_sentence(human) == "3 in 5 human-written C# functions score this or higher."
    assert llm_phrase(human) == "3 in 100 LLM-written C# functions score this low"
    unsure = replace(VERDICT, band=Band.UNSURE, human_share=0.12, llm_share=0.3)
    assert shares_sentence(unsure) == "12 in 100 human-written C# functions score this high."


def test_files_and_commits_are_called_so() -> None:
    commit = PooledVerdict(0.9, 1.0, Band.LLM, 5, human_share=0.004, llm_share=0.5, language="go")
    assert shares_sentence(commit, "commits") == "4 in 1,000 human-written Go commits score this high."
    assert (
        human_phrase(replace(commit, language=None), "commits")
        == "4 in 1,000 human-written commits score this high"
    )


def test_without_a_verdict_nothing_is_said() -> None:
    assert shares_sentence(Verdict.without(Reason.TOO_LONG)) is None
    assert shares_sentence(PooledVerdict.without(PooledReason.MERGE), "commits") is None
