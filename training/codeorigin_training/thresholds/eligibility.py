"""Which functions get a verdict from the server; calibration is about those."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from codeorigin.model.calibration.pooled_rule import counted_lines
from codeorigin_training.arrays import Booleans
from codeorigin_training.data.rows import Row


class LengthLimits(Protocol):
    """The shortest and longest functions that get a verdict."""

    @property
    def min_lines(self) -> int:
        """The fewest non-blank lines of a function with a verdict."""

    @property
    def min_characters(self) -> int:
        """The fewest non-whitespace characters of a function with a verdict."""

    @property
    def max_lines(self) -> int:
        """The most non-blank lines of a function with a verdict."""


def has_verdict(code: str, limits: LengthLimits) -> bool:
    """Whether the server gives a function with this text a verdict."""
    enough = len("".join(code.split())) >= limits.min_characters
    return enough and limits.min_lines <= counted_lines(code) <= limits.max_lines


def judged(rows: Sequence[Row], limits: LengthLimits) -> Booleans:
    """:func:`has_verdict` of every row, bool ``(len(rows),)``."""
    return np.array([has_verdict(row.code, limits) for row in rows], dtype=bool)
