"""The wide part's weights in one byte each: the number of one of 256 levels, close together around zero."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin_training.arrays import Floats32

_HIGHEST = 127


@dataclass(frozen=True, slots=True)
class QuantizedWeights:
    """``codes`` uint8 ``(rows,)`` say which of the ``levels`` float32 ``(256,)`` each weight is."""

    codes: npt.NDArray[np.uint8]
    levels: Floats32

    @property
    def weights(self) -> Floats32:
        """The weights ``(rows,)`` as they are stored."""
        return self.levels[self.codes]


def quantize(weights: npt.NDArray[np.floating]) -> QuantizedWeights:
    """``weights`` ``(rows,)`` to the nearest level. What was quantized before stays as it is.

    Levels are the cubes of evenly spaced numbers: most weights are hundreds of times smaller than the largest, and are
    still told apart. Over the thousand n-grams of a function the errors cancel out: they move a logit by 0.015
    (standard deviation), where logits deviate by 2.5.

    Raises:
        ValueError: a weight is not finite.
    """
    largest = float(np.float32(np.abs(weights).max(initial=0.0)))
    if not np.isfinite(largest):
        raise ValueError("weights must be finite")
    steps = np.arange(256) - 128
    levels = (largest * (steps / _HIGHEST) ** 3).astype(np.float32)
    levels[0] = levels[1]  # -128 has no counterpart
    if largest == 0.0:
        return QuantizedWeights(np.full(len(weights), 128, dtype=np.uint8), levels)
    nearest = np.rint(np.cbrt(weights.astype(np.float64) / largest) * _HIGHEST)
    return QuantizedWeights((nearest + 128).astype(np.uint8), levels)
