"""Sentences about a project's past."""

from codeorigin.model.past import Past, PastShare
from codeorigin.report.figures import NOTICEABLE, counted, logits


def past_sentence(past: Past) -> str:
    """How many of the project's own functions it was compared with, and what they add to every logit."""
    compared = f"Compared with {_own(len(past.logits))}"
    if abs(past.evidence) < NOTICEABLE:
        return f"{compared}, which score as usual or lower."
    return f"{compared}, which score higher than usual: {logits(past.evidence)} to every logit."


def errors_here(past: Past | None) -> str:
    """How often the model errs in this project, or that nobody knows."""
    if past is None:
        return "How often it errs in this project is not known: too little of its code is from before December 2022."
    return f"Of {_own(len(past.logits))}, {past.flagged:,} would be flagged."


def past_phrase(share: PastShare) -> str:
    """``of this project's own 1,240 functions from before December 2022, 3 score as high``."""
    score = "scores" if share.as_high == 1 else "score"
    return f"of {_own(share.functions)}, {share.as_high:,} {score} as high"


def _own(functions: int) -> str:
    return f"this project's own {counted(functions, 'function')} from before December 2022"
