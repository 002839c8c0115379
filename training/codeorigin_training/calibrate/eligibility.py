"""Which functions the server judges at all: calibration promises something about those alone."""

from typing import Protocol

from codeorigin.model.pooled_rule import counted_lines


class LengthLimits(Protocol):
    """The shortest function that gets a verdict."""

    @property
    def min_lines(self) -> int:
        """Lines that are not blank before a function gets a verdict."""

    @property
    def min_characters(self) -> int:
        """Characters that are not blank before a function gets a verdict."""


def has_verdict(code: str, limits: LengthLimits) -> bool:
    """Whether the server judges a function of this text."""
    return len("".join(code.split())) >= limits.min_characters and counted_lines(code) >= limits.min_lines
