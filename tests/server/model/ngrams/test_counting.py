"""Counts are scaled by exact norms, so that a logit is the same on every processor."""

import math

import numpy as np
import pytest

from codeorigin.model.ngrams.counting import count

WIDTH = 1 << 16


@pytest.mark.parametrize("power", [1.0, 0.5])
def test_norms_are_exact(power: float) -> None:
    repeats = np.arange(WIDTH) % 5
    counted = count([np.repeat(np.arange(WIDTH, dtype=np.uint32), repeats)], [power])
    counts = repeats[counted.ids]
    damped = (1.0 + np.log(counts)).astype(np.float32)
    norm = math.sqrt(math.fsum(float(value) ** 2 for value in damped))
    assert counted.values.tolist() == (damped / np.float32(norm**power)).tolist()


def test_each_view_and_function_has_its_own_norm() -> None:
    parts = [np.array(rows, dtype=np.uint32) for rows in ([0, 0, 1], [5], [], [], [5], [5])]
    counted = count(parts, [1.0, 1.0])
    assert counted.ids.tolist() == [0, 1, 5, 5, 5]
    assert counted.borders.tolist() == [0, 3, 3, 5]
    twice = 1.0 + math.log(2.0)
    assert counted.values.tolist() == pytest.approx(
        [twice / math.hypot(twice, 1), 1 / math.hypot(twice, 1), 1.0, 1.0, 1.0]
    )
