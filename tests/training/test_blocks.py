"""Matrices stored in few bits."""

import numpy as np
import numpy.typing as npt
import pytest

from codeorigin_training.blocks import GROUP, to_blocks


def matrix(rows: int = 6, columns: int = 3 * GROUP) -> npt.NDArray[np.float32]:
    return np.random.default_rng(0).normal(scale=0.05, size=(rows, columns)).astype(np.float32)


@pytest.mark.parametrize(("bits", "steps"), [(4, 15), (8, 255)])
def test_rounding_error_is_about_half_a_step_at_most(bits: int, steps: int) -> None:
    weights = matrix()
    blocks = to_blocks(weights, bits)
    assert blocks.shape == weights.shape == blocks.values.shape
    assert blocks.packed.nbytes == weights.size * bits // 8
    groups = weights.reshape(-1, GROUP)
    step = (groups.max(axis=1) - groups.min(axis=1)) / steps
    off = np.abs(blocks.values - weights).reshape(-1, GROUP).max(axis=1)
    # The lowest value and the step are themselves float16.
    assert (off <= 0.5 * step + 2e-3 * np.abs(groups).max(axis=1)).all()


@pytest.mark.parametrize("bits", [4, 8])
def test_stored_values_survive_a_second_round_trip(bits: int) -> None:
    once = to_blocks(matrix(), bits)
    again = to_blocks(once.values, bits)
    np.testing.assert_array_equal(again.packed, once.packed)
    np.testing.assert_allclose(again.values, once.values, rtol=1e-3, atol=1e-5)


def test_first_of_two_numbers_is_in_the_lower_half_of_the_byte() -> None:
    row = np.arange(GROUP, dtype=np.float32) % 16
    assert to_blocks(row[None], 4).packed[0, :3].tolist() == [0x10, 0x32, 0x54]


def test_equal_values_and_zeros_are_kept() -> None:
    weights = np.repeat(np.array([[0.0], [0.5], [-0.25]], dtype=np.float32), GROUP, axis=1)
    np.testing.assert_array_equal(to_blocks(weights, 4).values, weights)


def test_unsupported_bits_shapes_and_values_are_refused() -> None:
    with pytest.raises(ValueError, match="bits must be 4 or 8"):
        to_blocks(matrix(), 5)
    with pytest.raises(ValueError, match=r"\(6, 33\) does not split"):
        to_blocks(matrix(columns=33), 4)
    for wrong in (np.nan, np.inf, 1e5):
        broken = matrix()
        broken[1, 1] = wrong
        with pytest.raises(ValueError, match="finite"):
            to_blocks(broken, 4)
