import numpy as np
import pytest

from codeorigin_training.thresholds.temperature import fit_softmax_temperature, fit_temperature


def test_temperature_scaling_corrects_overconfident_model() -> None:
    generator = np.random.default_rng(3)
    honest = generator.normal(size=20_000) * 2
    labels = (generator.random(20_000) < 1 / (1 + np.exp(-honest))).astype(np.int64)
    temperature, shift = fit_temperature(honest * 3 + 1, labels, np.ones(20_000))
    assert temperature == pytest.approx(3.0, rel=0.06)
    assert shift == pytest.approx(1.0, abs=0.12)


def test_softmax_temperature_grows_with_the_logits() -> None:
    generator = np.random.default_rng(4)
    logits = 2 * generator.normal(size=(20_000, 3))
    drawn = logits + generator.gumbel(size=logits.shape)
    targets = drawn.argmax(axis=1).astype(np.int64)
    assert fit_softmax_temperature(logits, targets) == pytest.approx(1.0, rel=0.05)
    assert fit_softmax_temperature(3 * logits, targets) == pytest.approx(3.0, rel=0.05)


def test_weights_count_like_repeated_functions() -> None:
    logits, labels = np.array([2.0, 2.0, -1.0, -1.0]), np.array([1, 0, 0, 1])
    times = np.array([3, 1, 3, 1])
    repeated = fit_temperature(np.repeat(logits, times), np.repeat(labels, times), np.ones(8))
    assert fit_temperature(logits, labels, times.astype(np.float64)) == pytest.approx(repeated, abs=1e-3)
