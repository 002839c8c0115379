"""The calibrated answer about one function: probability, band, and the threshold that gave the band."""

from dataclasses import dataclass
from enum import StrEnum

from codeorigin.model.promise import Group, Promise


class Band(StrEnum):
    """The band by the calibrated thresholds. ``UNSURE`` is an answer, not a failure."""

    HUMAN = "human"
    UNSURE = "unsure"
    LLM = "llm"


class Reason(StrEnum):
    """Why a function has no verdict."""

    TOO_SHORT = "too_short"
    NESTED = "nested"
    GENERATED = "generated"
    MINIFIED = "minified"
    IGNORED = "ignored"
    UNCALIBRATED = "uncalibrated"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A calibrated estimate, or the reason why there is none.

    ``logit`` is the raw model's for the function's own text (wide + deep + the biases of model and language). ``deep``
    is None, and no part of it, as long as a deep part that refines chosen verdicts was not asked; it is 0 where that is
    not to be asked.
    ``unrefined_logit`` is the logit before the deep part refined it: what the function tells about others.
    ``cleared``: the deep part's ``llm`` is not given, since the wide part had called the function ``human``.
    ``file_evidence`` is what the ``neighbours`` other functions of its file add to the logit, in logits, None where
    there are none or the text was judged by itself. ``commit_evidence`` is what the ``commit_neighbours`` other
    functions of a change add besides, where the change wrote this one and a change was looked at, or those of the
    commit that wrote it. ``probability`` and ``band`` are read off the sum of all, ``own_probability`` is the one by
    the function's own text. ``human_share`` is the share of human-written calibration functions that score at least
    this high. ``llm_threshold`` and ``human_threshold`` are the probabilities that bound the bands; ``promise`` says
    what is guaranteed for ``llm_threshold``, and about which code; ``group`` is the kind of function by which its
    thresholds were chosen. ``windows`` counts the overlapping windows that a long function was scored in. Without a
    verdict every figure is None and ``reason`` is set.
    """

    probability: float | None
    logit: float | None
    band: Band | None
    reason: Reason | None = None
    human_share: float | None = None
    llm_threshold: float | None = None
    human_threshold: float | None = None
    promise: Promise | None = None
    group: Group | None = None
    wide: float | None = None
    deep: float | None = None
    windows: int = 0
    own_probability: float | None = None
    file_evidence: float | None = None
    neighbours: int = 0
    commit_evidence: float | None = None
    commit_neighbours: int = 0
    unrefined_logit: float | None = None
    cleared: bool = False

    @property
    def awaits_deep(self) -> bool:
        """Whether the model has a deep part that could refine this verdict and was not asked yet."""
        return self.logit is not None and self.deep is None

    def is_to_refine(self, *, looked_at: bool) -> bool:
        """Whether the deep part is to read it: what the wide part calls ``human`` only where somebody looked at it."""
        return self.awaits_deep and (looked_at or self.band is not Band.HUMAN)

    @property
    def false_positive_rate(self) -> float | None:
        """The rate that ``promise`` guarantees; None without one."""
        return None if self.promise is None else self.promise.rate

    @classmethod
    def without(cls, reason: Reason) -> "Verdict":
        """The verdict of a function that is not scored."""
        return cls(probability=None, logit=None, band=None, reason=reason)
