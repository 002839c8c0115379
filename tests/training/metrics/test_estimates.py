"""Statistics by hand, shares and rankings with their intervals, and the table that they are rows of."""

import numpy as np
import pytest

from codeorigin_training.metrics.estimates import FEWEST_AFFECTED, mean, ranking, share
from codeorigin_training.metrics.rankings import Bootstrap
from codeorigin_training.metrics.statistics import (
    auroc,
    bootstrap_intervals,
    expected_calibration_error,
    pairs_in_order,
    percentile_interval,
    tpr_at_fpr,
)
from codeorigin_training.metrics.table import Estimate, Table

LABELS = np.array([1, 1, 0, 0, 0, 0])
SCORES = np.array([3.0, 1.0, 2.0, 0.0, -1.0, 4.0])


def names(*sizes: int) -> np.ndarray:
    return np.repeat(np.arange(len(sizes)), sizes)


def test_share_is_the_mean_over_repositories() -> None:
    found = share(np.array([True, False, False, False, True]), names(4, 1))
    assert found == Estimate(pytest.approx((0.25 + 1.0) / 2), None, None, n=5, repositories=2, affected=2)
    assert share(np.zeros(0, dtype=bool), names()).value is None


@pytest.mark.parametrize("affected", range(FEWEST_AFFECTED + 1))
def test_interval_of_a_rare_event_is_no_point_at_zero(affected: int) -> None:
    """A bootstrap of 40 repositories that nothing was called in says 0 % to 0 %, as if there could be nothing."""
    called = np.zeros(400, dtype=bool)
    called[: 10 * affected : 10] = True
    found, everywhere = (share(hit, names(*[10] * 40)) for hit in (called, ~called))
    assert (found.affected, found.value) == (affected, pytest.approx(0.1 * affected / 40))
    assert (everywhere.low is None) is (found.low is None) is (affected < FEWEST_AFFECTED)
    if found.low is not None and found.high is not None and found.value is not None:
        assert 0 < found.low < found.value < found.high


def test_ranking_and_its_intervals_are_of_the_mean_over_draws() -> None:
    first, second = np.array([0, 1, 3, 4]), np.array([0, 1, 2, 5])
    auroc, tpr = ranking(LABELS, SCORES, np.arange(6), [first, second]).values()
    assert (auroc.value, tpr.value) == (pytest.approx((1.0 + 0.25) / 2), pytest.approx((1.0 + 0.0) / 2))
    # The first draw alone always has 1; the mean over both does not.
    assert auroc.low is not None
    assert auroc.high is not None
    assert auroc.low < 0.625 < auroc.high
    assert (tpr.low, tpr.high) != (1.0, 1.0)
    alone = ranking(LABELS, SCORES, np.arange(6), [first], rounds=0)["auroc"]
    assert alone == Estimate(1.0, n=4, repositories=4)


def test_interval_covers_the_mean_of_groups_and_is_reproducible() -> None:
    values = np.random.default_rng(0).normal(0.5, 1.0, 400)
    found = mean(np.arange(400) // 4, values, Bootstrap(rounds=60, seed=3))
    assert found == mean(np.arange(400) // 4, values, Bootstrap(rounds=60, seed=3))
    assert found.low is not None
    assert found.high is not None
    assert 0.3 < found.low < values.mean() < found.high < 0.7
    assert (found.n, found.repositories) == (400, 100)


def test_rows_are_read_as_they_were_written_and_a_missing_figure_has_no_value() -> None:
    figures = [
        Estimate(0.123456, 0.1, 0.2, 9, 3).named("people", "by_text", "called llm", "go"),
        Estimate(1.0, affected=2).named("agents", "in_file", "unsure"),
    ]
    rows = [figure.to_row() for figure in figures]
    assert rows[1] == {
        **{"population": "agents", "language": "all", "context": "in_file", "statistic": "unsure"},
        **{"value": 1.0, "affected": 2},
    }
    table = Table(rows)
    assert table.figures == figures
    assert table.get("people", "by_text", "called llm", "go") == figures[0]
    assert table.get("people", "by_text", "called llm").value is None
    assert table.languages("by_text") == ["go"]
    assert figures[0].to_row(digits=2)["value"] == 0.12


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
