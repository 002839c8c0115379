"""What is said about a file as a whole."""

from dataclasses import replace

from codeorigin.model.verdict import Band, PooledReason, PooledVerdict
from codeorigin.report.files import (
    file_headline,
    file_phrase,
    file_sentence,
)
from codeorigin.report.functions import band_or_reason
from codeorigin.report.shares import shares_sentence

REASONS = set(PooledReason) - {PooledReason.MERGE}
FILE = PooledVerdict(
    probability=0.961, logit=1.6, band=Band.LLM, functions=7, human_share=0.004, llm_share=0.6,
    llm_threshold=0.95, human_threshold=0.2, language="rust",
)  # fmt: skip


def test_headline_and_shares_say_that_they_are_about_the_file() -> None:
    assert file_headline(FILE) == "This file, 7 functions together: 96 % likely LLM-written"
    assert shares_sentence(FILE, "files") == "4 in 1,000 human-written Rust files score this high."


def test_file_without_a_verdict_gives_the_reason() -> None:
    said = [file_headline(PooledVerdict.without(each)) for each in REASONS]
    assert all(line.startswith("No verdict on the file as a whole: ") for line in said)
    assert len(set(said)) == len(REASONS)
    assert shares_sentence(PooledVerdict.without(PooledReason.MINIFIED), "files") is None


def test_one_function_is_worded_in_the_singular() -> None:
    one = replace(FILE, functions=1)
    assert file_headline(one) == "This file, 1 function: 96 % likely LLM-written"
    assert file_phrase(one) == "the file as a whole, 1 function"
    assert file_sentence(one).startswith("Taken together, 1 function of this file")


def test_reason_takes_the_place_of_a_missing_band() -> None:
    assert band_or_reason(FILE) == "llm"
    short = {band_or_reason(PooledVerdict.without(each)) for each in REASONS}
    assert len(short) == len(REASONS)
