from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeorigin.model.calibration.neighbours import NeighbourRule

RULE = NeighbourRule(weight=0.8, prior_functions=1.0, neutral=0.5)

LOGITS = st.lists(st.floats(-20, 20), min_size=2, max_size=40)


def test_lone_function_gets_no_evidence() -> None:
    assert RULE.evidence([]) == []
    assert RULE.evidence([3.0]) == []


def test_neighbours_add_their_mean_shrunk_towards_zero() -> None:
    rule = replace(RULE, weight=0.5, prior_functions=2.0, neutral=1.0)
    # Own evidence is 1, 3 and -1; that of the others sums to (3 - 1), (1 - 1) and (1 + 3), each divided by
    # two others plus two prior functions.
    assert rule.evidence([2.0, 4.0, 0.0]) == pytest.approx([0.25, 0.0, 0.5])


def test_ten_neighbours_add_more_evidence_than_one() -> None:
    few, many = RULE.evidence([0.5, 2.5]), RULE.evidence([0.5, *[2.5] * 10])
    assert 0 < few[0] < many[0] < RULE.weight * 2.0


@given(LOGITS)
def test_ranking_within_a_file_is_preserved(logits: list[float]) -> None:
    """With a weight below one, only their own text decides how two functions of one file rank."""
    evidence = RULE.evidence(logits)
    sums = sorted((own, own + added) for own, added in zip(logits, evidence, strict=True))
    assert all(low[1] <= high[1] + 1e-9 for low, high in pairwise(sums))
