"""Near duplicates: finding and grouping them, and dropping them across a split."""

import random
from dataclasses import replace

from codeorigin_training.data.near_duplicates import drop_across_splits, near_duplicates
from codeorigin_training.data.rows import Row
from codeorigin_training.data.splits import is_held_out
from support.snippets import DEBOUNCE, LEDGER, PARSER, QUEUE, long_function

TRAINING, HELD_OUT = sorted((f"owner/{number}" for number in range(100)), key=is_held_out)[::99]
ROW = Row(LEDGER, "python", 0, TRAINING, "", False, False, 9)


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


def test_training_copy_of_held_out_code_is_dropped() -> None:
    rows = [
        ROW,
        replace(ROW, code=PARSER),
        replace(ROW, repo=HELD_OUT, code=LEDGER.replace("    ", "  ")),
        replace(ROW, repo=HELD_OUT),
    ]
    result = drop_across_splits(rows)
    assert result.kept == rows[1:]
    assert (result.across, result.partners) == (1, 0)


def test_pairs_are_dropped_together() -> None:
    rows = [
        replace(ROW, pair="p"),
        replace(ROW, code=PARSER, label=1, pair="p"),
        replace(ROW, repo=HELD_OUT),
        replace(ROW, code=QUEUE, pair="q"),
        replace(ROW, code=DEBOUNCE, label=1, pair="q"),
        replace(ROW, code=QUEUE),
    ]
    result = drop_across_splits(rows)
    assert result.kept == rows[2:]
    assert (result.across, result.partners) == (1, 1)
