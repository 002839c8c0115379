import numpy as np
import pytest

from codeorigin_training.bundle.quantization import quantize


def test_weights_are_within_half_a_step_of_their_level() -> None:
    weights = np.random.default_rng(0).normal(size=5_000) ** 3
    stored = quantize(weights)
    assert stored.codes.dtype == np.uint8
    assert stored.levels.shape == (256,)
    # Half a step between cube roots, with a little room for float32.
    step = 1 / 127
    roots = np.cbrt(weights / np.abs(weights).max())
    assert np.abs(np.cbrt(stored.weights / np.abs(weights).max()) - roots).max() <= step / 2 + 1e-6


def test_signs_zeros_and_largest_weights_are_kept() -> None:
    weights = np.array([-4.0, 4.0, 0.0, 1e-9, 0.5])
    stored = quantize(weights).weights
    assert stored[:4].tolist() == [-4.0, 4.0, 0.0, 0.0]
    assert stored[4] > 0


def test_quantizing_twice_changes_nothing() -> None:
    once = quantize(np.random.default_rng(1).normal(size=2_000)).weights
    assert quantize(once).weights.tolist() == once.tolist()


@pytest.mark.parametrize("weights", [np.zeros(0), np.zeros(3)])
def test_empty_and_all_zero_weights_are_kept(weights: np.ndarray) -> None:
    assert quantize(weights).weights.tolist() == weights.tolist()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_weights_must_be_finite(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        quantize(np.array([1.0, value]))
