"""Type aliases of the arrays used in training; every docstring gives their shapes."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Floats32 = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]
Integers32 = npt.NDArray[np.int32]
Booleans = npt.NDArray[np.bool_]

Tokens = Sequence[Integers32]
"""Token ids of many texts, each ``(T,)`` with its own length ``T``."""
