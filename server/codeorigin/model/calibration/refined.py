"""How logits that include the deep part are read, in a model whose deep part runs after the wide part."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codeorigin.model.calibration.scale import Scale


@dataclass(frozen=True, slots=True)
class RefinedScales:
    """The scales of refined verdicts.

    ``alone`` reads the sum of the wide and the deep logit of a function's own text; ``in_file`` reads that sum plus
    what the other functions of its file add by their wide logits, and is None in a model without a rule for those.

    Their promise covers both steps: a function that the wide part calls ``human`` is not refined, and if it is refined
    after all because a user looks at it, it is never called ``llm``.
    """

    alone: Scale
    in_file: Scale | None = None

    @classmethod
    def from_manifest(cls, entry: Mapping[str, Any]) -> "RefinedScales":
        """Read the manifest's ``calibration.refined``; KeyError, TypeError or ValueError if it is broken."""
        in_file = entry["in_file"]
        return cls(
            Scale.from_manifest(entry["alone"]), None if in_file is None else Scale.from_manifest(in_file)
        )

    def to_manifest(self) -> dict[str, Any]:
        """The manifest entry that :meth:`from_manifest` reads."""
        in_file = None if self.in_file is None else self.in_file.to_manifest()
        return {"alone": self.alone.to_manifest(), "in_file": in_file}
