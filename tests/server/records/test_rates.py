"""Shares of called functions, with intervals for functions that come in commits."""

import pytest

from codeorigin.records.rates import rate


def test_functions_of_their_own_commits_have_wilsons_interval() -> None:
    found = rate((str(number), number < 10) for number in range(50))
    assert (found.functions, found.commits, found.called, found.share) == (50, 50, 10, 0.2)
    # Wilson's score interval of 10 in 50.
    assert (found.low, found.high) == (pytest.approx(0.112438, abs=1e-5), pytest.approx(0.330370, abs=1e-5))


def test_functions_of_one_commit_that_are_alike_count_as_one() -> None:
    alike = rate((str(number // 5), number < 10) for number in range(50))
    few = rate((str(number), number < 2) for number in range(10))
    assert (alike.low, alike.high) == (pytest.approx(few.low), pytest.approx(few.high))
    none = rate((str(number // 5), False) for number in range(50))
    assert none.low == 0
    assert none.high == pytest.approx(rate((str(number), False) for number in range(10)).high)


def test_functions_of_one_commit_that_differ_are_not_taken_for_more_than_they_are() -> None:
    spread = rate((str(number // 2), bool(number % 2)) for number in range(40))
    alone = rate((str(number), bool(number % 2)) for number in range(40))
    assert (spread.low, spread.high) == (alone.low, alone.high)


def test_no_functions_say_nothing() -> None:
    found = rate([])
    assert (found.functions, found.share, found.low, found.high) == (0, 0.0, 0.0, 1.0)
