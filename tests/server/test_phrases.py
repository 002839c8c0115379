import pytest

from codeorigin.model.verdict import Band, Reason, Verdict
from codeorigin.phrases import own_text, percent


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, "under 1 %"),
        (0.005, "under 1 %"),
        (0.0051, "1 %"),
        (0.5, "50 %"),
        (0.824, "82 %"),
        (0.9949, "99 %"),
        (0.995, "over 99 %"),
        (1.0, "over 99 %"),
    ],
)
def test_a_probability_is_never_a_claim_of_certainty(probability: float, expected: str) -> None:
    assert percent(probability) == expected


@pytest.mark.parametrize(
    ("context", "neighbours", "expected"),
    [
        (0.62, 11, "the 11 other functions of this file speak for an LLM (+0.62)."),
        (-0.404, 2, "the 2 other functions of this file speak for a person (-0.40)."),
        (0.62, 1, "the other function of this file speaks for an LLM (+0.62)."),
        (-1.0, 1, "the other function of this file speaks for a person (-1.00)."),
        (0.0049, 11, "the 11 other functions of this file say nothing either way."),
        (-0.0049, 1, "the other function of this file says nothing either way."),
        (0.005, 11, "the 11 other functions of this file speak for an LLM (+0.01)."),
    ],
)
def test_what_the_function_says_and_what_its_file_adds(
    context: float, neighbours: int, expected: str
) -> None:
    verdict = Verdict(0.7, 0.5, Band.UNSURE, alone=0.64, context=context, neighbours=neighbours)
    assert own_text(verdict) == f"By its own text 64 %; {expected}"


def test_nothing_is_said_of_a_file_that_added_nothing() -> None:
    assert own_text(Verdict(0.7, 0.5, Band.UNSURE, alone=0.7)) is None
    assert own_text(Verdict.without(Reason.TOO_SHORT)) is None
