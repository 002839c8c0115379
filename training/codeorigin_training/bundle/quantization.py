"""Quantize the weights of the wide part, and general means, to one byte each; most levels are around zero."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from codeorigin.model.ngrams.weights import LEVELS, Floats, NgramWeights

_HIGHEST = 127


def quantize(weights: npt.NDArray[np.floating]) -> NgramWeights:
    """Round ``weights`` ``(rows,)`` to the nearest level. Quantizing twice changes nothing.

    Levels are the cubes of evenly spaced numbers, so that weights hundreds of times smaller than the largest, as most
    are, remain distinct. Over the thousand n-grams of a function, the errors cancel out: they change a logit by 0.015
    (standard deviation), while logits have a standard deviation of 2.5.

    Raises:
        ValueError: a weight is not finite.
    """
    largest = float(np.float32(np.abs(weights).max(initial=0.0)))
    if not np.isfinite(largest):
        raise ValueError("weights must be finite")
    steps = np.arange(LEVELS) - 128
    levels = (largest * (steps / _HIGHEST) ** 3).astype(np.float32)
    levels[0] = levels[1]  # -128 has no counterpart
    if largest == 0.0:
        return NgramWeights(np.full(len(weights), 128, dtype=np.uint8), levels)
    nearest = np.rint(np.cbrt(weights.astype(np.float64) / largest) * _HIGHEST)
    return NgramWeights((nearest + 128).astype(np.uint8), levels)


def general_entry(means: Mapping[str, Floats]) -> tuple[npt.NDArray[np.uint8], dict[str, float]]:
    """What a bundle keeps of ``means`` ``(size,)`` by language: a row for each, and its largest value by language.

    Square roots in 8 bits: most values are small, and their sum over a function counts.
    """
    largest = {language: float(mean.max()) for language, mean in sorted(means.items())}
    rows = [np.round(255 * np.sqrt(means[name] / most)) for name, most in largest.items()]
    return np.array(rows, dtype=np.uint8), largest
