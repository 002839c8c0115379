"""What is said about one function: figures rounded honestly, nobody accused."""

import re
from dataclasses import replace

import pytest

from codeorigin.model.verdict import Band, Limits, Reason, Verdict
from codeorigin.report import CAVEAT, FULL_CAVEAT
from codeorigin.report.functions import (
    band_or_reason,
    finding,
    opening,
    own_text,
    reading,
    reading_or_reason,
    reason,
    reported_from,
    short_reason,
    windows_note,
)

VERDICT = Verdict(
    probability=0.824, logit=1.5, band=Band.UNSURE, human_share=0.012, llm_share=0.31,
    llm_threshold=0.9, human_threshold=0.3, language="rust",
)  # fmt: skip


def test_finding_names_the_function_and_has_one_number() -> None:
    assert finding("parse", replace(VERDICT, probability=0.991), Band.LLM) == (
        "`parse` reads like LLM-written code (99 %)"
    )
    assert finding("parse", Verdict(0.999, 9.0, Band.LLM), Band.LLM).endswith("(over 99 %)")
    assert finding("parse", VERDICT, Band.UNSURE) == "`parse` could be either (LLM 82 %)"
    assert finding("parse", VERDICT, Band.HUMAN) == "`parse` is typical of human code (LLM 82 %)"


def test_opening_is_the_answer_and_one_share() -> None:
    assert opening(VERDICT, Band.LLM) == (
        "Reads like LLM-written code", "1 in 100 human-written Rust functions score this high",
    )  # fmt: skip
    human = replace(VERDICT, band=Band.HUMAN, human_share=0.75)
    assert opening(human, Band.HUMAN) == (
        "Typical of human code", "3 in 4 human-written Rust functions score this or higher",
    )  # fmt: skip
    assert opening(Verdict(0.3, 0.1, Band.UNSURE), Band.UNSURE) == ("Could be either", "the estimate is 30 %")


def test_without_a_verdict_there_is_a_reason() -> None:
    short = Verdict.without(Reason.TOO_SHORT)
    assert opening(short, None) == ("No verdict", "the function is too short to judge")
    assert reading_or_reason(short, None) == "No verdict: the function is too short to judge"
    with pytest.raises(ValueError, match="without a verdict"):
        reading(short, None)


def test_limit_is_shown_as_it_applies() -> None:
    assert reported_from(VERDICT, Limits()) == "at 90 % or more"
    assert "0.125 % of human-written functions score as high, the share that you set" in str(
        reported_from(VERDICT, Limits(false_positive_rate=0.00125))
    )
    assert reported_from(VERDICT, Limits(threshold=0.0)) == "at 0 % or more, your own threshold"
    assert reported_from(VERDICT, Limits(threshold=0.999)) == "at 99.9 % or more, your own threshold"


def test_every_reason_has_its_own_words() -> None:
    words = [reason(each) for each in Reason]
    assert len(set(words)) == len(Reason)


def test_reason_takes_the_place_of_a_missing_band() -> None:
    short = Verdict.without(Reason.TOO_SHORT)
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
            *(finding("f", VERDICT, band) for band in Band),
            str(reported_from(VERDICT, Limits())),
            *(reason(each) for each in Reason),
        ]
        + [str(own_text(each)) for each in in_file]
    )
    assert not re.search(r"copilot|gpt|claude|gemini|cheat|plagiari|suspicious|fake", said, re.IGNORECASE)
