"""What is said about one function: figures rounded honestly, nobody accused."""

import re
from dataclasses import replace

import pytest

from codeorigin.model.limits import Limits
from codeorigin.model.verdict import Band, Reason, Verdict
from codeorigin.wording import CAVEAT, FULL_CAVEAT
from codeorigin.wording.functions import (
    band_or_reason,
    finding,
    headline,
    headline_or_reason,
    own_text,
    reason,
    shares_and_threshold,
    short_reason,
    windows_note,
)

VERDICT = Verdict(
    probability=0.824, logit=1.5, band=Band.UNSURE, human_share=0.012, llm_share=0.31,
    llm_threshold=0.9, human_threshold=0.3, language="rust",
)  # fmt: skip


def test_finding_is_short_and_clear() -> None:
    assert (
        finding(VERDICT) == "82 % likely LLM-written (1 in 100 human-written Rust functions score this high)"
    )
    assert finding(Verdict(0.5, 0.0, Band.LLM)) == "50 % likely LLM-written"
    assert finding(Verdict(0.999, 9.0, Band.LLM)) == "Over 99 % likely LLM-written"


def test_no_headline_without_a_verdict() -> None:
    with pytest.raises(ValueError, match="no headline"):
        headline(Verdict.without(Reason.TOO_SHORT))


def test_shares_are_followed_by_the_threshold_that_applies() -> None:
    assert shares_and_threshold(VERDICT, Limits()) == (
        "1 in 100 human-written Rust functions score this high, and 31 in 100 LLM-written ones this low. "
        "Reported at 90 % or more."
    )
    assert "0.125 % of human-written functions score as high, the share that you set" in shares_and_threshold(
        VERDICT, Limits(false_positive_rate=0.00125)
    )


def test_limits_are_shown_as_the_user_set_them() -> None:
    assert "Reported at 0 % or more, your own threshold" in shares_and_threshold(
        VERDICT, Limits(threshold=0.0)
    )
    assert "Reported at 99.9 % or more" in shares_and_threshold(VERDICT, Limits(threshold=0.999))


def test_every_reason_has_its_own_words() -> None:
    words = [reason(each) for each in Reason]
    assert len(set(words)) == len(Reason)


def test_reason_takes_the_place_of_a_missing_verdict() -> None:
    short = Verdict.without(Reason.TOO_SHORT)
    assert headline_or_reason(short) == "No verdict: the function is too short to judge"
    assert (band_or_reason(short), band_or_reason(VERDICT)) == ("too short", "unsure")
    assert len({short_reason(each) for each in Reason}) == len(Reason)


def test_only_functions_scored_in_windows_get_a_note() -> None:
    assert windows_note(replace(VERDICT, windows=1)) is None
    assert windows_note(replace(VERDICT, windows=3)) == "A long function, scored in 3 overlapping windows."


@pytest.mark.parametrize(
    ("file_evidence", "neighbours", "expected"),
    [
        (0.62, 11, "the 11 other functions in this file point to an LLM (+0.62)."),
        (-0.404, 2, "the 2 other functions in this file point to a person (-0.40)."),
        (0.62, 1, "the other function in this file points to an LLM (+0.62)."),
        (-1.0, 1, "the other function in this file points to a person (-1.00)."),
        (0.0049, 11, "the 11 other functions in this file point neither way."),
        (-0.0049, 1, "the other function in this file points neither way."),
        (0.005, 11, "the 11 other functions in this file point to an LLM (+0.01)."),
    ],
)
def test_own_text_and_what_the_file_adds_are_described(
    file_evidence: float, neighbours: int, expected: str
) -> None:
    verdict = Verdict(
        0.7,
        0.5,
        Band.UNSURE,
        own_probability=0.64,
        file_evidence=file_evidence,
        neighbours=neighbours,
    )
    assert own_text(verdict) == f"By its own text 64 %; {expected}"


def test_file_that_added_nothing_is_not_mentioned() -> None:
    assert own_text(Verdict(0.7, 0.5, Band.UNSURE, own_probability=0.7)) is None
    assert own_text(Verdict.without(Reason.TOO_SHORT)) is None


def test_nobody_is_named_or_accused() -> None:
    in_file = [
        replace(VERDICT, own_probability=0.6, file_evidence=each, neighbours=2) for each in (-1.0, 0.0, 1.0)
    ]
    said = " ".join(
        [
            CAVEAT,
            FULL_CAVEAT,
            finding(VERDICT),
            shares_and_threshold(VERDICT, Limits()),
            *(reason(each) for each in Reason),
        ]
        + [str(own_text(each)) for each in in_file]
    )
    assert not re.search(r"copilot|gpt|claude|gemini|cheat|plagiari|suspicious|fake", said, re.IGNORECASE)
