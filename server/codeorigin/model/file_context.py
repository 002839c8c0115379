"""How the other functions of a file count in the verdict of each: most files have one author."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codeorigin.model.scale import Scale


@dataclass(frozen=True, slots=True)
class NeighbourRule:
    """How much the other functions of a file count in the verdict of each.

    To a function's own logit comes ``weight`` times the mean evidence of the other functions of its file, each of
    which counts alike by its logit's distance from ``neutral``, where both classes are equally likely. The mean
    is drawn towards zero as by ``prior_functions`` more functions without evidence, so that one neighbour counts
    less than ten. The function itself is left out.
    """

    weight: float
    prior_functions: float
    neutral: float

    def __post_init__(self) -> None:
        if not self.weight > 0 or not self.prior_functions >= 0:
            raise ValueError("weight must be positive and prior_functions not negative")

    def evidence(self, logits: Sequence[float]) -> list[float]:
        """What its neighbours add to the logit of each function of a file.

        Args:
            logits: every function's own, of those that have a verdict; their order does not matter.

        Returns:
            One figure in logits for each; empty unless there are at least two functions.
        """
        if len(logits) < 2:
            return []
        own = [logit - self.neutral for logit in logits]
        total = math.fsum(own)
        share = self.weight / (len(own) - 1 + self.prior_functions)
        return [share * (total - each) for each in own]


@dataclass(frozen=True, slots=True)
class FileContext:
    """What neighbours add, and ``scale``, which reads a logit with it.

    Its temperature, thresholds and curve are those of functions with neighbours, not those of text alone.
    """

    rule: NeighbourRule
    scale: Scale

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "FileContext":
        """Read the manifest's ``calibration.context``; KeyError, TypeError or ValueError if it is broken."""
        return cls(
            rule=NeighbourRule(
                weight=float(entry["weight"]),
                prior_functions=float(entry["prior_functions"]),
                neutral=float(entry["neutral"]),
            ),
            scale=Scale.from_manifest(entry),
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest entry that :meth:`from_manifest` reads."""
        return {
            "weight": self.rule.weight,
            "prior_functions": self.rule.prior_functions,
            "neutral": self.rule.neutral,
            **self.scale.to_manifest(),
        }
