"""Which functions get a verdict from the server; calibration is about those."""

from collections.abc import Sequence

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.pooled_rule import counted_lines
from codeorigin_training.arrays import Booleans
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.config import CalibrateConfig

LengthLimits = CalibrateConfig | Calibration
"""What says how short and how long functions with a verdict are."""


def has_verdict(code: str, limits: LengthLimits) -> bool:
    """Whether the server gives a function with this text a verdict."""
    enough = len("".join(code.split())) >= limits.min_characters
    return enough and limits.min_lines <= counted_lines(code) <= limits.max_lines


def judged(rows: Sequence[Row], limits: LengthLimits) -> Booleans:
    """:func:`has_verdict` of every row, bool ``(len(rows),)``."""
    return np.array([has_verdict(row.code, limits) for row in rows], dtype=bool)
