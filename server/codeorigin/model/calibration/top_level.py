"""How the logit of code outside functions is read, in a model that is calibrated for it.

Such code differs from functions in its length, its share of settings and its comments, so neither the thresholds nor
the minimum length for functions apply to it. A model without this rule gives it no verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.calibration.scale import Scale
from codeorigin.model.reading.normalize import Normalized


@dataclass(frozen=True, slots=True)
class TopLevelRule:
    """``scale`` reads the logit of top-level code with at least this many non-blank lines and characters."""

    min_lines: int
    min_characters: int
    scale: Scale

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "TopLevelRule":
        """Read the manifest's ``calibration.top_level``; KeyError, TypeError or ValueError if it is broken."""
        return cls(int(entry["min_lines"]), int(entry["min_characters"]), Scale.from_manifest(entry))

    def to_manifest(self) -> dict[str, Any]:
        """The entry that :meth:`from_manifest` reads."""
        return {
            "min_lines": self.min_lines,
            "min_characters": self.min_characters,
            **self.scale.to_manifest(),
        }

    def is_long_enough(self, normalized: Normalized) -> bool:
        """Whether the code has enough non-blank lines and characters for a verdict."""
        characters = sum(map(len, normalized.text.split()))
        return len(normalized.layout.contents) >= self.min_lines and characters >= self.min_characters
