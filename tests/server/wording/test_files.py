"""What is said about a file as a whole."""

from dataclasses import replace

from codeorigin.model.calibration.promise import Group, Promise
from codeorigin.model.file_verdict import FileReason, FileVerdict
from codeorigin.model.verdict import Band
from codeorigin.wording import FULL_CAVEAT
from codeorigin.wording.files import (
    file_band_or_reason,
    file_details,
    file_guarantee,
    file_headline,
    file_label,
    file_phrase,
    file_sentence,
)

FILE = FileVerdict(
    probability=0.961, logit=1.6, band=Band.LLM, functions=7, human_share=0.004, llm_threshold=0.95,
    human_threshold=0.2, promise=Promise(0.01, 393, "rust", Group.DOCUMENTED),
)  # fmt: skip


def test_headline_and_guarantee_say_that_they_are_about_the_file() -> None:
    assert file_headline(FILE) == "This file, 7 functions together: 96 % likely LLM-written"
    assert file_guarantee(FILE) == (
        "0.4 % of the human-written calibration files score this high. In the band `llm` at 95 % or more: "
        "at most 1 % of the human-written, commented Rust files of a new repository are expected to score as high "
        "(calibrated on 393 repositories)."
    )


def test_nothing_is_promised_without_a_guarantee_for_files() -> None:
    free = replace(FILE, llm_threshold=None, promise=None, band=Band.UNSURE)
    assert "No false-positive rate is promised for files" in str(file_guarantee(free))
    assert "95 %" not in str(file_guarantee(free))


def test_file_without_a_verdict_gives_the_reason() -> None:
    said = [file_headline(FileVerdict.without(each)) for each in FileReason]
    assert all(line.startswith("No verdict on the file as a whole: ") for line in said)
    assert len(set(said)) == len(FileReason)
    assert file_guarantee(FileVerdict.without(FileReason.MINIFIED)) is None


def test_one_function_is_worded_in_the_singular() -> None:
    one = replace(FILE, functions=1)
    assert file_headline(one) == "This file, 1 function: 96 % likely LLM-written"
    assert file_phrase(one) == "the file as a whole, 1 function"
    assert file_sentence(one).startswith("Taken together, 1 function of this file")


def test_reason_takes_the_place_of_a_missing_band() -> None:
    assert file_band_or_reason(FILE) == "llm"
    short = {file_band_or_reason(FileVerdict.without(each)) for each in FileReason}
    assert len(short) == len(FileReason)


def test_status_bar_gets_a_label_and_plain_lines() -> None:
    assert file_label(FILE) == "file 96 %"
    figure, promise, caveat = file_details(FILE).splitlines()
    assert figure == f"{file_headline(FILE)} (band llm)"
    assert promise == str(file_guarantee(FILE)).replace("`llm`", "llm")
    assert caveat == FULL_CAVEAT
    for each in map(FileVerdict.without, FileReason):
        assert (file_label(each), file_details(each)) == (None, file_headline(each))
