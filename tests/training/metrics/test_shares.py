"""Shares of functions, with repositories weighted equally, and how far they can be trusted."""

from dataclasses import replace

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


def test_eras_and_classes_have_their_functions() -> None:
    rows = [replace(row("a.py", repo=str(n), label=n > 3), modern=n in (2, 3)) for n in range(6)]
    llm, human = np.array([1, 0, 0, 0, 1, 0], dtype=bool), np.array([0, 1, 1, 1, 0, 1], dtype=bool)
    found = verdict_shares(rows, Answers(llm, human, np.zeros(6), np.zeros(6), llm))
    assert {name: figures and figures["share"] for name, figures in found.items()} == {
        "false_positive_rate_old": 0.5,
        "false_positive_rate_modern": 0.0,
        "true_positive_rate": 0.5,
        "llm_called_human": 0.5,
        "human_called_human": 0.75,
        "unsure": 0.0,
    }


def test_unsure_is_a_mean_over_projects() -> None:
    rows = [row("a.py", repo="one", label=0) for _ in range(8)] + [row("b.py", repo="two", label=1)] * 2
    llm = np.array([False] * 8 + [True, False])
    human = np.array([True] * 2 + [False] * 8)
    found = verdict_shares(rows, Answers(llm, human, np.zeros(10), np.zeros(10), llm))
    assert found["unsure"] is not None
    assert found["unsure"]["share"] == pytest.approx((6 / 8 + 1 / 2) / 2)
    assert found["true_positive_rate"] is not None
    assert found["true_positive_rate"]["share"] == 0.5
    # There is no modern human code to have a share of.
    assert found["false_positive_rate_modern"] is None
