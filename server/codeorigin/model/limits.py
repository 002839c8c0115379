"""Limits that a user can set instead of the model's own share of human-written code."""

from dataclasses import dataclass

from codeorigin.model.verdict import Band, Verdict


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
