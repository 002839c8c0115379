"""Sentences about a project's past."""

from dataclasses import replace

from codeorigin.model.past import Past, PastShare
from codeorigin.model.verdict import Band, Verdict
from codeorigin.report.functions import own_text
from codeorigin.report.past import errors_here, past_phrase, past_sentence

MADE = Verdict(0.6, 0.4, Band.UNSURE, own_probability=0.64)


def test_past_that_scores_high_says_what_it_takes_away() -> None:
    assert past_sentence(Past((0.5,) * 1240, -0.414)) == (
        "Compared with this project's own 1,240 functions from before December 2022, which score higher than usual: "
        "-0.41 to every logit."
    )


def test_past_without_effect_says_so() -> None:
    assert past_sentence(Past((0.5,) * 31, 0.0)) == (
        "Compared with this project's own 31 functions from before December 2022, which score as usual or lower."
    )


def test_how_often_it_errs_here_is_said() -> None:
    assert errors_here(Past((0.5,) * 1240, 0.0, flagged=3)) == (
        "Of this project's own 1,240 functions from before December 2022, 3 would be flagged."
    )
    assert errors_here(None) == (
        "How often it errs in this project is not known: too little of its code is from before December 2022."
    )


def test_functions_that_score_as_high_are_counted() -> None:
    own = "of this project's own 1,240 functions from before December 2022, "
    assert past_phrase(PastShare(1240, 3, 0.0)) == f"{own}3 score as high"
    assert past_phrase(PastShare(1240, 1, 0.0)) == f"{own}1 scores as high"
    assert past_phrase(PastShare(1240, 0, 0.0)) == f"{own}0 score as high"


def test_past_stands_before_the_neighbours() -> None:
    verdict = replace(MADE, past=PastShare(40, 2, -0.3), file_evidence=0.62, neighbours=11)
    assert own_text(verdict) == (
        "By its own text 64 %; of this project's own 40 functions from before December 2022, 2 score as high; the 11 "
        "other functions in this file point to an LLM (+0.62)."
    )
    assert own_text(replace(MADE, past=PastShare(40, 2, -0.3))) == (
        "By its own text 64 %; of this project's own 40 functions from before December 2022, 2 score as high."
    )
