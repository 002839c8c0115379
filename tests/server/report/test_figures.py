"""One way to write each kind of figure."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import codeorigin
from codeorigin.report.figures import (
    counted,
    logits,
    parts_percent,
    percent,
    percent_as_given,
    probability_decimal,
    probability_percent,
)


@pytest.mark.parametrize(
    ("probability", "as_percent", "as_decimal"),
    [
        (0.0, "under 1 %", "<0.01"),
        (0.005, "under 1 %", "<0.01"),
        (0.0051, "1 %", "0.01"),
        (0.5, "50 %", "0.50"),
        (0.824, "82 %", "0.82"),
        (0.9949, "99 %", "0.99"),
        (0.995, "over 99 %", ">0.99"),
        (1.0, "over 99 %", ">0.99"),
    ],
)
def test_probability_never_claims_certainty(probability: float, as_percent: str, as_decimal: str) -> None:
    assert probability_percent(probability) == as_percent
    assert probability_decimal(probability) == as_decimal


@pytest.mark.parametrize(
    ("write", "expected"),
    [
        (
            percent,
            {
                0.0: "under 0.01 %",
                0.0001: "0.01 %",
                0.0053: "0.53 %",
                0.01: "1 %",
                0.012: "1.2 %",
                0.0996: "10 %",
                0.105: "10 %",
                0.9999: "over 99 %",
                1.0: "100 %",
                12.5: "1250 %",
            },
        ),
        (percent_as_given, {0.0: "0 %", 0.07: "7 %", 0.125: "12.5 %", 0.0004: "0.04 %"}),
        (probability_decimal, {None: "-"}),
        (logits, {0.4: "+0.40", -1.5: "-1.50", 0.0: "+0.00"}),
        (partial(counted, noun="file"), {0: "0 files", 1: "1 file", 2: "2 files", 1234: "1,234 files"}),
    ],
)
def test_figures_have_the_digits_that_they_need(
    write: Callable[[Any], str], expected: Mapping[Any, str]
) -> None:
    assert {value: write(value) for value in expected} == expected


def test_no_other_module_writes_percentages() -> None:
    package = Path(codeorigin.__file__).parent
    writers = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"\{[^{}]*\d\s*\*[^{}]*\} %|\.\d[fg]\} %", path.read_text("utf-8"))
    }
    assert writers == {"report/figures.py"}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0), ["-", "-", "-"]),
        ((0, 0, 7), ["0 %", "0 %", "100 %"]),
        ((63, 9_445, 93_252), ["under 1 %", "9 %", "91 %"]),
        ((1, 0, 999), ["under 1 %", "0 %", "over 99 %"]),
        ((1, 99, 900), ["under 1 %", "10 %", "90 %"]),
        ((1, 1, 1), ["34 %", "33 %", "33 %"]),
        ((41, 0, 9_959), ["under 1 %", "0 %", "over 99 %"]),
    ],
)
def test_parts_of_a_whole_never_exceed_it(counts: tuple[int, ...], expected: list[str]) -> None:
    assert parts_percent(counts) == expected


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5))
def test_whole_percentages_add_up(counts: list[int]) -> None:
    assume(any(counts))
    shown = parts_percent(counts)
    known = [int(part.split()[0]) for part in shown if part[0].isdigit()]
    assert sum(known) <= 100
    assert all((part == "0 %") is (count == 0) for part, count in zip(shown, counts, strict=True))
    if len(known) == len(shown):
        assert sum(known) == 100
