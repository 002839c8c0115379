"""Limits that a user can set in place of the model's calibrated thresholds."""

from dataclasses import dataclass

from codeorigin.model.verdict import Band, Verdict


@dataclass(frozen=True, slots=True)
class Limits:
    """The probability, or the share of human functions, from which a function is reported.

    None: the model decides; ``threshold`` comes before ``false_positive_rate``.
    """

    threshold: float | None = None
    false_positive_rate: float | None = None

    def band(self, verdict: Verdict) -> Band | None:
        """The verdict's band under these limits; None without a verdict."""
        if verdict.probability is None:
            return None
        if self.threshold is not None:
            reached = verdict.probability >= self.threshold
        elif self.false_positive_rate is not None and verdict.human_share is not None:
            reached = verdict.human_share <= self.false_positive_rate
        else:
            return verdict.band
        if reached and not verdict.cleared:
            return Band.LLM
        is_human = verdict.human_threshold is not None and verdict.probability < verdict.human_threshold
        return Band.HUMAN if is_human else Band.UNSURE
