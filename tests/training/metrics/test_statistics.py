import numpy as np
import pytest

from codeorigin_training.metrics.statistics import (
    auroc,
    bootstrap_intervals,
    expected_calibration_error,
    pairs_in_order,
    percentile_interval,
    tpr_at_fpr,
)


def test_auroc_matches_pairs_counted_by_hand() -> None:
    assert auroc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8])) == 0.75


def test_auroc_of_a_single_class_is_nan() -> None:
    assert np.isnan(auroc(np.array([1, 1]), np.array([0.1, 0.2])))


def test_tpr_counts_positives_above_the_hundredth_negative() -> None:
    labels = np.array([0] * 100 + [1] * 4)
    scores = np.concatenate([np.arange(100.0), [98.5, 99.0, 99.5, 200.0]])
    assert tpr_at_fpr(labels, scores, 0.01) == 0.5


def test_calibration_error_of_a_model_that_always_says_90_percent() -> None:
    labels = np.array([1] * 6 + [0] * 4)
    assert expected_calibration_error(labels, np.full(10, 0.9)) == pytest.approx(0.3)


def test_calibration_error_adds_the_gaps_of_all_bins() -> None:
    labels = np.array([1] * 5 + [0] * 5)
    # 0.3 too little in one half, 0.2 too much in the other.
    found = expected_calibration_error(labels, np.array([0.7] * 5 + [0.2] * 5))
    assert found == pytest.approx(0.5 * 0.3 + 0.5 * 0.2)


def test_intervals_are_of_90_percent() -> None:
    assert percentile_interval(np.arange(101.0)) == (5.0, 95.0)


def test_ties_count_half_in_pairs_in_order() -> None:
    assert pairs_in_order(np.array([0.0, 1.0, 2.0]), np.array([1.0, 1.0, 0.0])) == 0.5


def test_sets_of_items_share_the_drawn_units_and_their_mean_is_what_is_estimated() -> None:
    groups = np.array([0, 0, 1, 1, 2])
    values = np.array([1.0, 3.0, 5.0, 7.0, 100.0])
    sets = [np.array([0, 2]), np.array([1, 3])]
    found = bootstrap_intervals(groups, lambda index: np.array([values[index].mean()]), samples=sets)
    # Units 0 and 1 have means 2 and 6 over the sets; unit 2 is in none of them.
    assert found.tolist() == [[2.0, 6.0]]
    assert bootstrap_intervals(groups, lambda index: values[index], samples=[]).shape == (0, 2)


def test_the_bootstrap_draws_whole_groups() -> None:
    groups = np.repeat(np.arange(5), 4)
    seen: list[int] = []

    def statistic(index: np.ndarray) -> np.ndarray:
        seen.extend(np.bincount(groups[index], minlength=5) % 4)
        return np.array([index.mean()])

    ((low, high),) = bootstrap_intervals(groups, statistic, rounds=20)
    assert set(seen) == {0}
    assert low < high
