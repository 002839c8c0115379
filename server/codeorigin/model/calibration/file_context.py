"""How the other functions of a file count in a function's verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin.model.calibration.scale import Scale


@dataclass(frozen=True, slots=True)
class FileContext:
    """The ``rule`` for what neighbours add to a logit, and the ``scale`` that reads the sum.

    The scale's temperature, thresholds and curve are for functions with neighbours, not for a function's text alone.
    """

    rule: NeighbourRule
    scale: Scale

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "FileContext":
        """Read the manifest's ``calibration.file_context``; KeyError, TypeError or ValueError if it is broken."""
        return cls(NeighbourRule.from_manifest(entry), Scale.from_manifest(entry))

    def to_manifest(self) -> dict[str, Any]:
        """The manifest entry that :meth:`from_manifest` reads."""
        return {**self.rule.to_manifest(), **self.scale.to_manifest()}
