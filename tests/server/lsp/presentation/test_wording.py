"""The sentences: figures rounded honestly, bands by the user's own limits, nobody accused."""

import re
from dataclasses import replace

import pytest

from codeorigin.lsp.presentation.wording import (
    LIMITS,
    band_of,
    file_guarantee,
    file_headline,
    finding,
    guarantee,
    headline,
    on_selection,
    reason,
    share,
)
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.verdict import Band, Reason, Verdict
from codeorigin.phrases import own_text
from codeorigin.settings.schema import Settings, merge

VERDICT = Verdict(
    probability=0.824, logit=1.5, band=Band.UNSURE, human_share=0.012, llm_threshold=0.9,
    human_threshold=0.3, false_positive_rate=0.01,
)  # fmt: skip

FILE = FileVerdict(
    probability=0.961, logit=1.6, band=Band.LLM, functions=7, human_share=0.004, llm_threshold=0.95,
    human_threshold=0.2, false_positive_rate=0.01,
)  # fmt: skip


def settings(**values: object) -> Settings:
    made, problems = merge(Settings(), values, "test")
    assert problems == ()
    return made


@pytest.mark.parametrize(
    ("fraction", "expected"),
    [(0.012, "1.2 %"), (0.01, "1 %"), (0.0004, "under 0.1 %"), (0.004, "0.4 %"), (0.31, "31 %"), (0.105, "10 %"),
     (0.0, "under 0.1 %"), (1.0, "100 %"), (0.001, "0.1 %")],
)  # fmt: skip
def test_shares(fraction: float, expected: str) -> None:
    assert share(fraction) == expected


def test_the_finding_is_the_issue_of_one_glance() -> None:
    assert finding(VERDICT) == "82 % likely LLM-written (1.2 % of human functions score this high)"
    assert finding(Verdict(0.5, 0.0, Band.LLM)) == "50 % likely LLM-written"


def test_a_selection_says_that_it_leaves_out_the_file_where_findings_do_not() -> None:
    assert on_selection(VERDICT, in_file=False) == f"selection: {finding(VERDICT)}"
    assert on_selection(VERDICT, in_file=True) == f"selection: by its own text {finding(VERDICT)}"
    short = Verdict.without(Reason.TOO_SHORT)
    for in_file in (True, False):
        said = on_selection(short, in_file=in_file)
        assert said == "selection: no verdict: the selection is too short to judge"


def test_without_a_verdict_there_is_no_headline() -> None:
    with pytest.raises(ValueError, match="no headline"):
        headline(Verdict.without(Reason.TOO_SHORT))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Band.UNSURE),
        ({"threshold": 0.8}, Band.LLM),
        ({"threshold": 0.824}, Band.LLM),
        ({"threshold": 0.83}, Band.UNSURE),
        ({"falsePositiveRate": 0.012}, Band.LLM),
        ({"falsePositiveRate": 0.011}, Band.UNSURE),
        ({"falsePositiveRate": 0.5, "threshold": 1.0}, Band.UNSURE),
    ],
)
def test_bands_follow_the_users_own_limit(values: dict[str, object], expected: Band) -> None:
    assert band_of(VERDICT, settings(**values)) is expected


def test_below_the_human_threshold_it_stays_human() -> None:
    low = Verdict(0.1, -2.0, Band.HUMAN, human_share=0.9, llm_threshold=0.9, human_threshold=0.3)
    assert band_of(low, settings(threshold=0.5)) is Band.HUMAN
    assert band_of(low, settings(threshold=0.1)) is Band.LLM
    assert band_of(Verdict.without(Reason.IGNORED), settings(threshold=0.0)) is None


def test_the_guarantee_is_only_given_for_the_models_threshold() -> None:
    assert guarantee(VERDICT, settings()) == (
        "Reported from 90 % on, calibrated so that at most 1 % of functions written by people score that high."
    )
    assert "no false-positive rate is promised" in guarantee(VERDICT, settings(threshold=0.5))
    assert "the rate that you set" in guarantee(VERDICT, settings(falsePositiveRate=0.05))


def test_the_second_answer_says_what_it_speaks_of() -> None:
    assert file_headline(FILE) == "This file, 7 functions together: 96 % likely LLM-written"
    assert file_guarantee(FILE) == (
        "0.4 % of the calibration files written by people score this high. In the band `llm` from 95 % on, "
        "calibrated so that at most 1 % of files written by people score that high."
    )


def test_nothing_is_promised_of_files_without_a_guarantee() -> None:
    free = replace(FILE, llm_threshold=None, false_positive_rate=None, band=Band.UNSURE)
    assert "No false-positive rate is promised for files" in str(file_guarantee(free))
    assert "95 %" not in str(file_guarantee(free))


def test_a_file_without_a_verdict_says_why() -> None:
    said = [file_headline(FileVerdict.without(each)) for each in FileReason]
    assert all(line.startswith("No verdict on the file as a whole: ") for line in said)
    assert len(set(said)) == len(FileReason)
    assert file_guarantee(FileVerdict.without(FileReason.MINIFIED)) is None


def test_every_reason_has_words() -> None:
    words = [reason(each) for each in Reason]
    assert len(set(words)) == len(Reason)


def test_nobody_is_named_or_accused() -> None:
    in_file = [replace(VERDICT, alone=0.6, context=each, neighbours=2) for each in (-1.0, 0.0, 1.0)]
    said = " ".join(
        [LIMITS, finding(VERDICT), guarantee(VERDICT, settings()), *(reason(each) for each in Reason)]
        + [file_headline(FILE), str(file_guarantee(FILE))]
        + [str(own_text(each)) for each in in_file]
        + [file_headline(FileVerdict.without(each)) for each in FileReason]
    )
    assert not re.search(r"copilot|gpt|claude|gemini|cheat|plagiari|suspicious|fake", said, re.IGNORECASE)
