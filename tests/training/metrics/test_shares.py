"""Shares of functions, with repositories weighted equally, and how far they can be trusted."""

import numpy as np
import pytest

from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.shares import (
    FEWEST_AFFECTED,
    called_share,
    verdict_shares,
)
from support.corpus_rows import row


def names(*sizes: int) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes)


def test_share_is_the_mean_over_repositories() -> None:
    found = called_share(np.array([True, False, False, False, True]), names(4, 1))
    assert found["share"] == pytest.approx((0.25 + 1.0) / 2)
    assert (found["repositories"], found["affected"], found["functions"]) == (2, 2, 5)


@pytest.mark.parametrize("affected", range(FEWEST_AFFECTED + 1))
def test_interval_of_a_rare_event_is_no_point_at_zero(affected: int) -> None:
    """A bootstrap of 40 repositories that nothing was called in says 0 % to 0 %, as if there could be nothing."""
    called = np.zeros(400, dtype=bool)
    called[: 10 * affected : 10] = True
    found = called_share(called, names(*[10] * 40))
    assert found["affected"] == affected
    assert found["share"] == pytest.approx(0.1 * affected / 40)
    if affected < FEWEST_AFFECTED:
        assert found["interval_90"] is None
    else:
        low, high = found["interval_90"]
        assert 0 < low < found["share"] < high
    everywhere = called_share(~called, names(*[10] * 40))
    assert (everywhere["interval_90"] is None) is (affected < FEWEST_AFFECTED)


def test_unsure_is_the_share_of_all_functions_everywhere() -> None:
    rows = [row("a.py", repo="one", label=0) for _ in range(8)] + [row("b.py", repo="two", label=1)] * 2
    llm = np.array([False] * 8 + [True, False])
    human = np.array([True] * 2 + [False] * 8)
    found = verdict_shares(rows, Answers(llm, human, np.zeros(10), np.zeros(10), llm))
    assert found["unsure"] is not None
    assert found["unsure"]["share"] == pytest.approx(7 / 10)
    assert found["true_positive_rate"] is not None
    assert found["true_positive_rate"]["share"] == 0.5
    # There is no modern human code to have a share of.
    assert found["false_positive_rate_modern"] is None
