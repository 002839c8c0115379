"""Figures as people read them."""

import pytest

from codeorigin.cli.reports.words import percent, plural, probability_word
from codeorigin.model.verdict import Band, Verdict


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (0.0, "<0.01 %"),
        (9e-7, "<0.01 %"),
        (0.0001, "0.01 %"),
        (0.0053, "0.53 %"),
        (0.012, "1.2 %"),
        (0.099, "9.9 %"),
        (0.12, "12 %"),
        (1.0, "100 %"),
        (12.5, "1250 %"),
    ],
)
def test_percent(share: float, word: str) -> None:
    assert percent(share) == word


@pytest.mark.parametrize(
    ("probability", "word"),
    [
        (0.0, "<0.01"),
        (0.0049, "<0.01"),
        (0.005, "0.01"),
        (0.5, "0.50"),
        (0.9949, "0.99"),
        (0.995, ">0.99"),
        (1.0, ">0.99"),
    ],
)
def test_a_probability_is_never_certain(probability: float, word: str) -> None:
    assert probability_word(Verdict(probability=probability, logit=0.0, band=Band.UNSURE)) == word


def test_plural() -> None:
    assert [plural(count, "file") for count in (0, 1, 2, 1234)] == [
        "0 files",
        "1 file",
        "2 files",
        "1,234 files",
    ]
