"""Matrices quantized to 4 or 8 bits, with a lowest value and a step for every 32 numbers of a row.

The 4-bit format is that of GGUF's Q4_1, so that a body that comes in Q4_1 is stored without loss.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin_training.arrays import Floats32

GROUP = 32
BITS = (4, 8)

Codes = npt.NDArray[np.uint8]
Halves = npt.NDArray[np.float16]


def check_bits(bits: int) -> None:
    """Raise ValueError unless ``bits`` is supported."""
    if bits not in BITS:
        raise ValueError("bits must be 4 or 8")


def splits_into_blocks(shape: tuple[int, ...]) -> bool:
    """Whether an array of ``shape`` is a matrix whose rows split into whole blocks."""
    return len(shape) == 2 and shape[1] % GROUP == 0


@dataclass(frozen=True, slots=True)
class Blocks:
    """A quantized matrix ``(rows, columns)`` whose values are ``low + number * step``.

    ``packed``, uint8 ``(rows, columns * bits / 8)``, holds the numbers; 4-bit numbers are packed two to a byte, the
    first in the low half. ``low`` and ``step`` are float16 ``(rows, columns / 32)``.
    """

    bits: int
    packed: Codes
    low: Halves
    step: Halves

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the matrix."""
        return self.low.shape[0], self.low.shape[1] * GROUP

    @property
    def values(self) -> Floats32:
        """The dequantized matrix, float32 ``(rows, columns)``."""
        numbers = self.packed
        if self.bits == 4:
            numbers = np.stack([numbers & 15, numbers >> 4], axis=-1)
        groups = numbers.reshape(*self.low.shape, GROUP)
        values = self.low.astype(np.float32)[..., None] + groups * self.step.astype(np.float32)[..., None]
        return values.astype(np.float32).reshape(self.shape)


def to_blocks(matrix: Floats32, bits: int) -> Blocks:
    """Quantize ``matrix`` ``(rows, columns)`` in blocks, rounding each value to the nearest of ``2**bits`` levels.

    Raises:
        ValueError: ``bits`` is not supported, rows are not whole blocks, or values do not fit in float16.
    """
    check_bits(bits)
    if not splits_into_blocks(matrix.shape):
        raise ValueError(f"a matrix of shape {matrix.shape} does not split into blocks of {GROUP}")
    if not np.abs(matrix).max(initial=0) <= np.finfo(np.float16).max:
        raise ValueError("weights must be finite, and not larger than float16 holds")
    groups = matrix.reshape(len(matrix), -1, GROUP)
    highest = 2**bits - 1
    low = groups.min(axis=2).astype(np.float16)
    step = ((groups.max(axis=2) - low) / highest).astype(np.float16)
    divisor = np.where(step > 0, step, 1).astype(np.float32)[..., None]
    numbers = np.clip(np.rint((groups - low.astype(np.float32)[..., None]) / divisor), 0, highest)
    packed = numbers.astype(np.uint8).reshape(matrix.shape)
    if bits == 4:
        packed = packed[:, ::2] | (packed[:, 1::2] << 4)
    return Blocks(bits, packed, low, step)
