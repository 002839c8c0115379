"""Conformal risk control against a conformal prediction library, where both must agree."""

import numpy as np
import pytest

from codeorigin_training.calibrate.crepes_check import library_p_values, library_threshold, second_opinion
from codeorigin_training.calibrate.thresholds import controlled_threshold


def test_p_values_count_human_functions_with_at_least_that_score() -> None:
    human = np.array([0.0, 1.0, 2.0, 3.0])
    p_values = library_p_values(human, np.array([-1.0, 1.5, 2.0, 9.0]))
    np.testing.assert_allclose(p_values, [1.0, 3 / 5, 3 / 5, 1 / 5])


@pytest.mark.parametrize("count", [99, 100, 217, 300, 1000])
@pytest.mark.parametrize("rate", [0.01, 0.015, 0.05, 0.3])
def test_one_function_per_repository_gives_the_librarys_threshold(count: int, rate: float) -> None:
    human = np.random.default_rng(count).standard_t(3, size=count)
    ours = controlled_threshold(human, np.arange(count), rate)
    assert ours is not None
    p_values = library_p_values(human, human)
    np.testing.assert_array_equal(human >= ours, p_values <= rate + 1e-12)
    between = np.setdiff1d(np.linspace(human.min() - 1, human.max() + 1, 500), human)
    # Between the lowest logit called ``llm`` and the next one below it, any threshold is equally good.
    next_below = human[human < ours].max()
    outside = between[(between > ours) | (between < next_below)]
    np.testing.assert_array_equal(outside >= ours, library_p_values(human, outside) <= rate + 1e-12)
    if (human >= ours).any():
        assert library_threshold(human, rate) == ours
    else:
        assert library_threshold(human, rate) is None


def test_both_methods_treat_tied_logits_alike() -> None:
    human = np.round(np.random.default_rng(0).normal(size=400), 1)
    for rate in (0.02, 0.05, 0.1):
        assert controlled_threshold(human, np.arange(400), rate) == library_threshold(human, rate)


def test_second_opinion_draws_one_function_per_repository() -> None:
    generator = np.random.default_rng(4)
    repositories = np.repeat(np.arange(300), 30)
    logits = generator.normal(size=9000)
    found = second_opinion(logits, repositories, 0.05, draws=30, seed=1)
    ours = controlled_threshold(logits, repositories, 0.05)
    assert ours is not None
    assert len(found) == 30
    assert (np.diff(found) >= 0).all()
    assert found[0] < ours < found[-1]
    assert np.median(found) == pytest.approx(ours, abs=0.12)
    # If all functions of a repository have the same logit, all draws are the same.
    alike = second_opinion(np.repeat(logits[:300], 30), repositories, 0.05, draws=3, seed=2)
    assert alike[0] == alike[-1] == controlled_threshold(logits[:300], np.arange(300), 0.05)


def test_too_few_repositories_give_no_second_opinion() -> None:
    assert len(second_opinion(np.arange(50.0), np.arange(50), 0.01, draws=3, seed=0)) == 0
