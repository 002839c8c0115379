"""Sentences that editors and the command line share, so that they cannot come to differ."""

from codeorigin.model.verdict import Verdict

NOTICEABLE = 0.005
"""Evidence in logits below which a line, or the rest of a file, says nothing worth a word."""


def percent(probability: float) -> str:
    """``0.82`` -> ``82 %``; never a bare 0 % or 100 %, which would be claims of certainty."""
    if probability >= 0.995:
        return "over 99 %"
    if probability <= 0.005:
        return "under 1 %"
    return f"{probability:.0%}".replace("%", " %")


def own_text(verdict: Verdict) -> str | None:
    """What the function's own text says and what its neighbours add; None where nothing came from the file.

    ``By its own text 64 %; the 11 other functions of this file speak for an LLM (+0.62).``
    """
    if verdict.alone is None or verdict.context is None:
        return None
    several = verdict.neighbours != 1
    others = f"{verdict.neighbours} other functions" if several else "other function"
    if abs(verdict.context) < NOTICEABLE:
        said = f"{'say' if several else 'says'} nothing either way"
    else:
        side = "an LLM" if verdict.context > 0 else "a person"
        said = f"{'speak' if several else 'speaks'} for {side} ({verdict.context:+.2f})"
    return f"By its own text {percent(verdict.alone)}; the {others} of this file {said}."
