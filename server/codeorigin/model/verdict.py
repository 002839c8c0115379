"""Verdicts on functions, files and changes: calibrated probability, band, and the two shares behind the band."""

from dataclasses import dataclass
from enum import StrEnum

from codeorigin.model.past import PastShare, ReferenceShare


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
    MOVED = "moved"


class PooledReason(StrEnum):
    """Why a file or change has no verdict even though the model has a rule for it."""

    TOO_FEW_FUNCTIONS = "too_few_functions"
    MERGE = "merge"
    GENERATED = "generated"
    MINIFIED = "minified"
    IGNORED = "ignored"
    UNPARSED = "unparsed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A calibrated estimate, or the reason why there is none.

    ``logit`` is the raw model's logit for the function's own text (wide + deep + the biases of model and language),
    plus what the project's ``past`` and ``reference`` add; None if it has no past, and too few functions are declared.
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
    reference: ReferenceShare | None = None

    @property
    def of_project(self) -> float:
        """What the project's past and reference add to the logit."""
        return sum(share.evidence for share in (self.past, self.reference) if share is not None)

    @classmethod
    def without(cls, reason: Reason) -> "Verdict":
        """The verdict of a function that is not scored."""
        return cls(probability=None, logit=None, band=None, reason=reason)


@dataclass(frozen=True, slots=True)
class PooledVerdict:
    """A calibrated estimate about the functions of a file or a change together, or the ``reason`` why there is none.

    ``functions`` is the number of functions with individual verdicts that were, or would have been, taken together.
    ``logit`` is the logit that a :class:`~codeorigin.model.calibration.calibration.PooledRule` pools, ``probability``
    the sigmoid of the temperature-scaled logit. The other figures are those of a function's :class:`Verdict`, for files
    or commits. Figures are None if there is no verdict.
    """

    probability: float | None
    logit: float | None
    band: Band | None
    functions: int
    human_share: float | None = None
    llm_share: float | None = None
    llm_threshold: float | None = None
    human_threshold: float | None = None
    language: str | None = None
    reason: PooledReason | None = None

    @classmethod
    def without(cls, reason: PooledReason, functions: int = 0) -> "PooledVerdict":
        """The verdict on what is not judged as a whole."""
        return cls(probability=None, logit=None, band=None, functions=functions, reason=reason)


@dataclass(frozen=True, slots=True)
class ChangedFunction:
    """A function of a changed file, with its verdict before the change is taken into account.

    ``language`` is the model language, ``lines`` the number of non-blank lines (``counted_lines``), ``written`` whether
    the change wrote all of it.
    """

    language: str
    verdict: Verdict
    lines: int
    written: bool

    @property
    def is_judged(self) -> bool:
        """Whether it counts in the verdict on the change."""
        return self.written and self.verdict.logit is not None


@dataclass(frozen=True, slots=True)
class Limits:
    """Report a function from this probability (``threshold``), or up to this share of human-written functions.

    If both are None, the model's own share applies; ``threshold`` takes precedence over ``false_positive_rate``. What
    the model calls human stays so, unless it is reported.
    """

    threshold: float | None = None
    false_positive_rate: float | None = None

    def band(self, verdict: Verdict) -> Band | None:
        """The verdict's band under these limits; None if there is no estimate."""
        if verdict.probability is None:
            return None
        if self.threshold is not None:
            reached = verdict.probability >= self.threshold
        elif self.false_positive_rate is not None and verdict.human_share is not None:
            reached = verdict.human_share <= self.false_positive_rate
        else:
            return verdict.band
        if reached:
            return Band.LLM
        return Band.HUMAN if verdict.band is Band.HUMAN else Band.UNSURE
