"""Near duplicates: finding and grouping them, and keeping them out of what a fold learns."""

import random
from dataclasses import replace

import numpy as np

from codeorigin_training.data.near_duplicates import fitting_rows, near_duplicates
from codeorigin_training.data.rows import Row
from support.snippets import DEBOUNCE, LEDGER, PARSER, QUEUE, long_function

OTHER, THIRD = "owner/other", "owner/third"
ROW = Row(LEDGER, "python", 0, "owner/first", "", False, False, 9)


def test_layout_is_ignored() -> None:
    other = LEDGER.replace("    ", "\t").replace("\n", "\r\n")
    assert near_duplicates([LEDGER, PARSER, other, DEBOUNCE, QUEUE]) == [[0, 2]]


def test_slightly_changed_code_is_duplicate_and_heavily_changed_is_not() -> None:
    code = long_function(40)
    lines = code.split("\n")
    small = "\n".join([*lines[:20], "    extra = 1", *lines[21:]])
    large = "\n".join([lines[0], *(line.replace("offset", f"shift{n}") for n, line in enumerate(lines[1:]))])
    assert near_duplicates([code, large, small]) == [[0, 2]]


def test_threshold_decides() -> None:
    code = long_function(40)
    lines = code.split("\n")
    half = "\n".join([*lines[:30], *(f"    other_{number} = {number}" for number in range(9))])
    assert near_duplicates([code, half], threshold=0.9) == []
    assert near_duplicates([code, half], threshold=0.4) == [[0, 1]]


def test_groups_are_transitive() -> None:
    lines = long_function(60).split("\n")
    chain = ["\n".join(lines[start : start + 40]) for start in range(0, 20, 2)]
    assert near_duplicates(chain, threshold=0.7) == [list(range(10))]


def test_most_pairs_just_above_threshold_are_found() -> None:
    generator = random.Random(2)
    codes: list[str] = []
    for _ in range(40):
        words = [f"w{generator.randrange(10_000)}" for _ in range(200)]
        # Three distant words change 15 of 196 shingles: a similarity of 181 / 211.
        other = [f"new{place}" if place in {30, 90, 150} else word for place, word in enumerate(words)]
        codes += [" ".join(words), " ".join(other)]
    found = near_duplicates(codes)
    assert all(second == first + 1 and first % 2 == 0 for first, second in found)
    assert len(found) >= 36
    assert near_duplicates(codes, threshold=0.87) == []


def test_empty_and_short_texts_are_grouped() -> None:
    assert near_duplicates([]) == []
    assert near_duplicates(["", "x", "y", " ", "x ", "\ud800"]) == [[0, 3], [1, 4]]


def test_no_fold_learns_from_copies_of_its_rows() -> None:
    rows = [
        ROW,
        replace(ROW, code=PARSER),
        replace(ROW, repo=OTHER, code=LEDGER.replace("    ", "  ")),
        replace(ROW, repo=OTHER, code=QUEUE),
        replace(ROW, repo=THIRD, code=QUEUE),
        replace(ROW, repo=THIRD),
        replace(ROW, repo=THIRD, code=QUEUE + "\n"),
    ]
    # Copies: 0, 2 and 5 of all three folds; 3, 4 and 6 of the last two. Row 1 has none.
    found = fitting_rows(rows, np.array([0, 0, 1, 1, 2, 2, 2]))
    assert [np.flatnonzero(fit).tolist() for fit in found] == [[3, 4, 6], [1], [1]]


def test_pairs_are_left_out_together() -> None:
    rows = [
        replace(ROW, pair="p"),
        replace(ROW, code=PARSER, label=1, pair="p"),
        replace(ROW, repo=OTHER),
        replace(ROW, code=QUEUE, pair="q"),
        replace(ROW, code=DEBOUNCE, label=1, pair="q"),
        replace(ROW, code=QUEUE),
    ]
    found = fitting_rows(rows, np.array([0, 0, 1, 0, 0, 0]))
    assert [np.flatnonzero(fit).tolist() for fit in found] == [[], [3, 4, 5]]


def test_no_rows_have_no_folds() -> None:
    assert fitting_rows([], np.zeros(0, dtype=np.int64)).shape == (0, 0)
