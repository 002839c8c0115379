"""Limits that a user can set instead of the model's calibrated thresholds."""

from dataclasses import dataclass

from codeorigin.model.verdict import Band, Verdict


@dataclass(frozen=True, slots=True)
class Limits:
    """Report a function from this probability (``threshold``), or up to this share of human-written functions.

    If both are None, the model's own thresholds apply; ``threshold`` takes precedence over ``false_positive_rate``.
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
        is_human = verdict.human_threshold is not None and verdict.probability <= verdict.human_threshold
        return Band.HUMAN if is_human else Band.UNSURE
