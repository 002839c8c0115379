import numpy as np
import pytest

from codeorigin_training.thresholds.conformal import (
    controlled_threshold,
    fewest_repositories,
    human_threshold,
    repository_rate,
    survival_curve,
)
from codeorigin_training.thresholds.temperature import fit_temperature


def test_fewest_repositories_follow_from_guarantee() -> None:
    assert fewest_repositories(0.01) == 99
    logits, repositories = np.arange(98.0), np.arange(98)
    assert controlled_threshold(logits, repositories, 0.01) is None
    assert controlled_threshold(np.arange(99.0), np.arange(99), 0.01) is not None


def test_threshold_is_lowest_that_keeps_the_bound() -> None:
    generator = np.random.default_rng(0)
    repositories = generator.integers(0, 300, 5000)
    logits = generator.normal(size=5000) + generator.normal(size=300)[repositories]
    threshold = controlled_threshold(logits, repositories, 0.02)
    assert threshold is not None
    count = len(np.unique(repositories))

    def bound(at: float) -> float:
        return (repository_rate(logits >= at, repositories) * count + 1) / (count + 1)

    assert bound(threshold) <= 0.02
    lower = np.max(logits[logits < threshold])
    assert bound(lower) > 0.02


def test_rate_holds_on_new_repositories() -> None:
    """Over many draws of calibration and test repositories, the mean rate is at most the promised one."""
    generator = np.random.default_rng(1)
    rates = []
    for _ in range(150):
        shift = generator.normal(size=260)
        repositories = np.repeat(np.arange(260), 20)
        logits = generator.normal(size=5200) + shift[repositories]
        calibration = repositories < 200
        threshold = controlled_threshold(logits[calibration], repositories[calibration], 0.05)
        assert threshold is not None
        rates.append(repository_rate(logits[~calibration] >= threshold, repositories[~calibration]))
    assert np.mean(rates) <= 0.05 + 2 * np.std(rates) / np.sqrt(len(rates))
    assert np.mean(rates) > 0.03


def test_tied_logits_are_all_above_threshold_or_all_below() -> None:
    logits = np.array([5.0] * 10 + [1.0] * 190)
    threshold = controlled_threshold(logits, np.arange(200), 0.02)
    assert threshold is not None
    assert threshold > 5.0


def test_survival_curve_falls_from_one() -> None:
    logits, shares = survival_curve(np.random.default_rng(2).normal(size=1000), np.arange(1000) // 10, 50)
    assert shares[0] == pytest.approx(1.0)
    assert (np.diff(logits) > 0).all()
    assert (np.diff(shares) < 0).all()


def test_human_threshold_never_exceeds_llm_threshold() -> None:
    human, llm = np.full(50, -1.0), np.full(50, 3.0)
    assert human_threshold(human, 0.5, llm, np.arange(50), 0.05) == -1.0
    assert human_threshold(np.full(50, 9.0), 0.5, llm, np.arange(50), 0.05) == 0.5


def test_temperature_scaling_corrects_overconfident_model() -> None:
    generator = np.random.default_rng(3)
    honest = generator.normal(size=20_000) * 2
    labels = (generator.random(20_000) < 1 / (1 + np.exp(-honest))).astype(np.int64)
    temperature, shift = fit_temperature(honest * 3 + 1, labels, np.ones(20_000))
    assert temperature == pytest.approx(3.0, rel=0.06)
    assert shift == pytest.approx(1.0, abs=0.12)
