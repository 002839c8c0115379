"""A project's own past: what the scores of its functions from before LLMs say about the score of another one.

Some people's code reads like an LLM's to the model. How high a project's old functions score says how much of the
score of its other functions is the project's own style.

The past only lowers scores. A model that was fitted on a project finds its old functions, but not its new ones, more
human than it should, and would raise the scores of people's new code there.
"""

import math
import os
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from codeorigin.model.folder import ManifestEntry


@dataclass(frozen=True, slots=True)
class PastRule(ManifestEntry):
    """How much a project's old functions count in the verdicts on its functions.

    ``weight`` times the distance by which the ``quantile`` (0 to 1) of the old functions' logits is above ``typical``,
    its mean over projects, is subtracted from a function's logit. The distance is shrunk towards zero as if there were
    ``prior_functions`` more functions of a typical project, and is at most ``farthest``: further away is no project that
    calibration saw. A project with fewer than ``fewest_functions`` old functions has no past.
    """

    quantile: float
    weight: float
    prior_functions: float
    typical: float
    fewest_functions: int
    farthest: float

    def __post_init__(self) -> None:
        if not (0 <= self.quantile <= 1 and self.weight > 0 and self.prior_functions >= 0):
            raise ValueError("quantile must be a share, weight positive and prior_functions not negative")
        if not self.farthest >= 0:
            raise ValueError("farthest must not be negative")
        if self.fewest_functions < 1:
            raise ValueError("a past has at least one function")

    def past(self, logits: Sequence[float]) -> "Past | None":
        """The past of a project whose old functions have these own ``logits``; None if they are too few."""
        count = len(logits)
        if count < self.fewest_functions:
            return None
        ascending = tuple(sorted(logits))
        place = self.quantile * (count - 1)
        low, high = ascending[math.floor(place)], ascending[math.ceil(place)]
        above = max(0.0, low + (high - low) * (place - math.floor(place)) - self.typical)
        shrunk = min(self.farthest, above * count / (count + self.prior_functions))
        return Past(ascending, -self.weight * shrunk)


@dataclass(frozen=True, slots=True)
class PastShare:
    """How many of the ``functions`` of a project's past score ``as_high`` as a function by their own text.

    ``evidence``, at most 0, is what the past adds to the function's logit.
    """

    functions: int
    as_high: int
    evidence: float


@dataclass(frozen=True, slots=True)
class KeptReference:
    """Where the :class:`~codeorigin.model.reference.Reference` of a project is kept, and which one it is.

    ``declared`` is the number of functions that the project's records declare as an agent's, ``root`` the top of its
    working tree.
    """

    file: str
    key: str
    declared: int
    root: str

    def inside(self, path: str | None) -> str:
        """A path on disk as git names it; empty without one, and on another drive."""
        try:
            name = os.path.relpath(os.path.realpath(path or ""), os.path.realpath(self.root))
        except (OSError, ValueError):
            return ""
        return "" if path is None else name.replace(os.sep, "/")


@dataclass(frozen=True, slots=True)
class ReferenceShare:
    """What a project's reference, of ``declared`` functions and of its people's, adds to a function's logit.

    ``path`` is the function's file, as git names it.
    """

    evidence: float
    declared: int
    path: str


@dataclass(frozen=True, slots=True)
class Past:
    """The own ``logits`` of a project's old functions, ascending, and the ``evidence`` that they add to every logit.

    ``flagged`` of them would be called ``llm`` today, each in its file and with this past. ``reference`` compares with
    what the project's records declare; None if that is too little, or not wanted.
    """

    logits: tuple[float, ...]
    evidence: float
    flagged: int = 0
    reference: KeptReference | None = None

    def share(self, logit: float) -> PastShare:
        """What the past says about a function whose own text has this ``logit``."""
        count = len(self.logits)
        return PastShare(count, count - bisect_left(self.logits, logit), self.evidence)
