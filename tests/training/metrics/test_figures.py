import numpy as np
import pytest

from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.figures import (
    Sample,
    auroc_statistic,
    group_weights,
    measure,
    weighted_mean,
)


def answers(llm: list[bool], human: list[bool]) -> Answers:
    blank = np.zeros(len(llm))
    return Answers(np.array(llm), np.array(human), np.where(llm, 0.9, 0.1), blank, blank > 0)


def sample(*, within: bool = False) -> Sample:
    """Three repositories: two human functions in the first, one of them called llm; one in the second, not called."""
    return Sample(
        labels=np.array([0, 0, 1, 0, 1, 1]),
        groups=np.array([0, 0, 0, 1, 1, 2]),
        logits=np.array([3.0, 0.0, 2.0, -1.0, 1.0, -2.0]),
        answers=answers([True, False, True, False, False, False], [False, False, False, True, False, True]),
        within=within,
    )


def test_figures_of_six_functions_match_counts_by_hand() -> None:
    found = measure(sample(), rounds=50, seed=0)
    # LLM 2 beats humans 0 and -1, LLM 1 beats the same two, LLM -2 beats none: 4 of 9.
    assert found.auroc.value == pytest.approx(4 / 9)
    # Half of the first repository's human functions, none of the second's.
    assert found.false_positive_rate.value == pytest.approx(0.25)
    assert found.unsure.value == pytest.approx(2 / 6)
    # At 0.9: one of two right, at 0.1: two of four.
    assert found.calibration_error.value == pytest.approx(0.4)
    assert (found.items, found.positives, found.units) == (6, 3, 3)


def test_rates_that_need_more_human_functions_are_left_out() -> None:
    labels = np.array([0, 1] * 100)
    logits = np.arange(200.0)
    found = measure(Sample(labels, np.arange(200) // 4, logits, None), rounds=5, seed=0)
    assert found.tpr_at_1.value is not None
    assert found.tpr_at_01.value is None
    assert found.false_positive_rate.value is None


def test_auroc_within_repositories_is_the_mean_of_their_own() -> None:
    # Repository 0: 2 beats 0 but not 3; repository 1: 1 beats -1; repository 2 has only one class.
    assert auroc_statistic(sample(within=True))(np.arange(6)) == pytest.approx((0.5 + 1.0) / 2)


def test_a_repository_drawn_twice_counts_twice() -> None:
    twice_the_first = np.array([0, 1, 2, 0, 1, 2, 3, 4])
    assert auroc_statistic(sample(within=True))(twice_the_first) == pytest.approx((0.5 + 0.5 + 1.0) / 3)
    weights = group_weights(sample().groups, sample().labels == 0)
    hit = np.array([1.0, 0, 0, 0, 0, 0])
    assert weighted_mean(hit[twice_the_first], weights[twice_the_first]) == pytest.approx(1 / 3)


def test_interval_contains_the_value_and_is_reproducible() -> None:
    generator = np.random.default_rng(0)
    labels = np.tile([0, 1], 100)
    many = Sample(labels, np.arange(200) // 10, labels + generator.normal(size=200), None)
    first, second = measure(many, rounds=60, seed=3), measure(many, rounds=60, seed=3)
    assert first == second
    assert first.auroc.low is not None
    assert first.auroc.high is not None
    assert first.auroc.value is not None
    assert first.auroc.low < first.auroc.value < first.auroc.high
