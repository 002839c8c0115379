"""Figures of a ranking: means over draws, intervals by repository."""

import numpy as np
import pytest

from codeorigin_training.metrics.ranking import ranking_figures

LABELS = np.array([1, 1, 0, 0, 0, 0])
SCORES = np.array([3.0, 1.0, 2.0, 0.0, -1.0, 4.0])
REPOSITORIES = np.arange(6)


def test_figures_and_their_intervals_are_of_the_mean_over_draws() -> None:
    first, second = np.array([0, 1, 3, 4]), np.array([0, 1, 2, 5])
    found = ranking_figures(LABELS, SCORES, REPOSITORIES, [first, second])
    assert found["auroc"] == pytest.approx((1.0 + 0.25) / 2)
    assert found["tpr_at_1_fpr"] == pytest.approx((1.0 + 0.0) / 2)
    # The first draw alone always has 1; the mean over both does not.
    low, high = found["auroc_interval_90"]
    assert low < 0.625 < high
    assert found["tpr_at_1_fpr_interval_90"] != (1.0, 1.0)


def test_auroc_is_inside_a_narrow_interval() -> None:
    generator = np.random.default_rng(0)
    labels = np.repeat([0, 1], 200)
    scores = generator.normal(labels, 1.0)
    found = ranking_figures(labels, scores, np.arange(400) // 4, [np.arange(400)])
    low, high = found["auroc_interval_90"]
    assert 0.65 < low < found["auroc"] < high < 0.85
