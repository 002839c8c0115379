"""Which functions get a verdict from the server; calibration only makes promises about those."""

from typing import Protocol

from codeorigin.model.calibration.pooled_rule import counted_lines


class LengthLimits(Protocol):
    """The shortest function that gets a verdict."""

    @property
    def min_lines(self) -> int:
        """The fewest non-blank lines of a function with a verdict."""

    @property
    def min_characters(self) -> int:
        """The fewest non-whitespace characters of a function with a verdict."""


def has_verdict(code: str, limits: LengthLimits) -> bool:
    """Whether the server gives a function with this text a verdict."""
    return len("".join(code.split())) >= limits.min_characters and counted_lines(code) >= limits.min_lines
