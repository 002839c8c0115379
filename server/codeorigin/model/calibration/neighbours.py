"""How functions that belong together count in each other's verdicts, since most files and commits have one author."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from codeorigin.model.calibration.manifest_entry import FLAT, ManifestEntry
from codeorigin.model.calibration.scale import Scale


@dataclass(frozen=True, slots=True)
class NeighbourRule(ManifestEntry):
    """How much the other functions of a file, or of a commit, count in the verdict on each.

    ``weight`` times the mean evidence of the other functions is added to a function's own logit. The evidence of a
    function is the distance of its logit from ``neutral``, where both classes are equally likely, and all functions
    count equally. The mean is shrunk towards zero as if there were ``prior_functions`` more functions without evidence,
    so that one neighbour counts less than ten. A function is not its own neighbour.
    """

    weight: float
    prior_functions: float
    neutral: float

    def __post_init__(self) -> None:
        if not self.weight > 0 or not self.prior_functions >= 0:
            raise ValueError("weight must be positive and prior_functions not negative")

    def evidence(self, logits: Sequence[float]) -> list[float]:
        """What the others add to the logit of each of these functions.

        Args:
            logits: the own logits of all functions with a verdict; their order does not affect the sums.

        Returns:
            One value in logits for each; empty unless there are at least two functions.
        """
        if len(logits) < 2:
            return []
        evidence = [logit - self.neutral for logit in logits]
        total = math.fsum(evidence)
        share = self.weight / (len(evidence) - 1 + self.prior_functions)
        return [share * (total - logit) for logit in evidence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(ManifestEntry):
    """What neighbours add to a function's logit, and the ``scale`` that reads the sum.

    ``file`` is the rule for the other functions of its file, ``commit`` the one for those of its commit; the scale is
    for functions that have neighbours by every rule that is set. A neighbour in both the same commit and the same file
    counts twice, as in calibration. A function's commit is the one that wrote all its lines; a commit that merely
    touched it does not count here.
    """

    file: NeighbourRule | None = None
    commit: NeighbourRule | None = None
    scale: Scale = field(metadata=FLAT)

    def __post_init__(self) -> None:
        if self.file is None and self.commit is None:
            raise ValueError("a context needs a rule for the file or the commit")
