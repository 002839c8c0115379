"""How the logit of code outside of functions is read, in a model that has a calibration for it.

Its length, its share of settings and its comments are not those of functions: neither their thresholds nor their minimum
hold for it, so a model without this rule gives it no verdict.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.normalize import Normalized
from codeorigin.model.scale import Scale


@dataclass(frozen=True, slots=True)
class TopLevelRule:
    """``scale`` reads the logit of top-level code; shorter code than the two minima, blanks aside, gets no verdict."""

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
        """Whether the code has the lines and the characters that a verdict takes."""
        characters = sum(map(len, normalized.text.split()))
        return len(normalized.layout.contents) >= self.min_lines and characters >= self.min_characters
