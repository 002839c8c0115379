"""The verdict on a function: calibrated probability, band, and the thresholds behind the band."""

from dataclasses import dataclass
from enum import StrEnum

from codeorigin.model.calibration.promise import Group, Promise


class Band(StrEnum):
    """The band according to the calibrated thresholds. ``UNSURE`` is an answer, not a failure."""

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """A calibrated estimate, or the reason why there is none.

    ``logit`` is the raw model's logit for the function's own text (wide + deep + the biases of model and language).
    ``file_evidence`` is what the ``neighbours`` other functions of its file add to the logit, in logits; None if there
    are none or the text was judged alone. ``commit_evidence`` is what the ``commit_neighbours`` other functions add in
    addition: those of the analysed change, if that wrote this function, or those of the commit that wrote it.
    ``probability`` and ``band`` are for the sum of all of these, ``own_probability`` is for the function's own text
    alone. ``human_share`` is the share of human-written calibration functions that score at least this high.
    ``llm_threshold`` and ``human_threshold`` are the probabilities that bound the bands; ``promise`` is what is
    guaranteed for ``llm_threshold``, and for which code; ``group`` is the group of functions that determined the
    thresholds. ``windows`` is the number of overlapping windows that a long function was scored in. Without a
    verdict, ``probability``, ``logit`` and ``band`` are None and ``reason`` is set.
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

    @property
    def false_positive_rate(self) -> float | None:
        """The rate that ``promise`` guarantees; None without one."""
        return None if self.promise is None else self.promise.rate

    @classmethod
    def without(cls, reason: Reason) -> "Verdict":
        """The verdict of a function that is not scored."""
        return cls(probability=None, logit=None, band=None, reason=reason)
