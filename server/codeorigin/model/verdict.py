"""The verdict on a function: calibrated probability, band, and the two shares behind the band."""

from dataclasses import dataclass
from enum import StrEnum

from codeorigin.model.past import PastShare


class Band(StrEnum):
    """The band according to the calibrated thresholds. ``UNSURE`` is an answer, not a failure."""

    HUMAN = "human"
    UNSURE = "unsure"
    LLM = "llm"


class Reason(StrEnum):
    """Why a function has no verdict."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NESTED = "nested"
    GENERATED = "generated"
    MINIFIED = "minified"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A calibrated estimate, or the reason why there is none.

    ``logit`` is the raw model's logit for the function's own text (wide + deep + the biases of model and language),
    plus what the project's ``past`` adds; None if it has no past.
    ``file_evidence`` is what the ``neighbours`` other functions of its file add to the logit, in logits; None if there
    are none or the text was judged alone. ``commit_evidence`` is what the ``commit_neighbours`` other functions add in
    addition: those of the analysed change, if that wrote this function, or those of the commit that wrote it.
    ``probability`` and ``band`` are for the sum of all of these, ``own_probability`` is for the function's own text
    alone. ``human_share`` is the share of human-written functions in the model ``language`` that score at least this
    high, ``llm_share`` the share of LLM-written ones that score at most this high; ``llm_threshold`` and
    ``human_threshold`` are the probabilities at which these shares bound the bands. ``windows`` is the number of
    overlapping windows that a long function was scored in. Without a verdict, ``probability``, ``logit`` and ``band``
    are None and ``reason`` is set.
    """

    probability: float | None
    logit: float | None
    band: Band | None
    reason: Reason | None = None
    human_share: float | None = None
    llm_share: float | None = None
    llm_threshold: float | None = None
    human_threshold: float | None = None
    language: str | None = None
    wide: float | None = None
    deep: float | None = None
    windows: int = 0
    own_probability: float | None = None
    file_evidence: float | None = None
    neighbours: int = 0
    commit_evidence: float | None = None
    commit_neighbours: int = 0
    past: PastShare | None = None

    @classmethod
    def without(cls, reason: Reason) -> "Verdict":
        """The verdict of a function that is not scored."""
        return cls(probability=None, logit=None, band=None, reason=reason)
