import numpy as np
import pytest

from codeorigin_training.thresholds.temperature import fit_temperature


def test_temperature_scaling_corrects_overconfident_model() -> None:
    generator = np.random.default_rng(3)
    honest = generator.normal(size=20_000) * 2
    labels = (generator.random(20_000) < 1 / (1 + np.exp(-honest))).astype(np.int64)
    temperature, shift = fit_temperature(honest * 3 + 1, labels, np.ones(20_000))
    assert temperature == pytest.approx(3.0, rel=0.06)
    assert shift == pytest.approx(1.0, abs=0.12)
