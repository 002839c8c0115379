"""Sentences about what a verdict is compared with.

They are the two shares behind a band, of human code that scores as high and of LLM code that scores as low, and the
project's own past.
"""

from fractions import Fraction

from codeorigin.languages import MODEL_LANGUAGES
from codeorigin.model.past import Past, PastShare, ReferenceShare
from codeorigin.model.verdict import Band, PooledVerdict, Verdict
from codeorigin.report.figures import NOTICEABLE, capitalized, counted, logits

# Shares with a small denominator are said by it: half is 1 in 2.
_SMALL = 10

Shared = Verdict | PooledVerdict
"""A verdict on a function, file or commit."""


def one_in(share: float) -> str:
    """``0.0068`` -> ``7 in 1,000``, ``0.31`` -> ``31 in 100``, ``0.75`` -> ``3 in 4``; open at both ends.

    ``fewer than 1 in 1,000`` and ``more than 99 in 100``, never none and never all.
    """
    if share < 0.001:
        return "fewer than 1 in 1,000"
    if share < 0.0095:
        return f"{1000 * share:.0f} in 1,000"
    if share >= 0.995:
        return "more than 99 in 100"
    count, total = Fraction(round(100 * share), 100).as_integer_ratio()
    return f"{count} in {total}" if total <= _SMALL else f"{100 * share:.0f} in 100"


def human_phrase(verdict: Shared, what: str = "functions") -> str | None:
    """``7 in 1,000 human-written Go functions score this high``; None if that is not known.

    ``what`` is "functions", "files" or "commits". Of what is typical of human code, ``this or higher``.
    """
    if verdict.human_share is None:
        return None
    high = "this or higher" if verdict.band is Band.HUMAN else "this high"
    return f"{one_in(verdict.human_share)} human-written {_language(verdict)}{what} score {high}"


def llm_phrase(verdict: Shared, what: str = "functions") -> str | None:
    """``31 in 100 LLM-written Go functions score this low``; None if that is not known."""
    if verdict.llm_share is None:
        return None
    return f"{one_in(verdict.llm_share)} LLM-written {_language(verdict)}{what} score this low"


def shares_sentence(verdict: Shared, what: str = "functions") -> str | None:
    """:func:`human_phrase` as a sentence, the one number of a verdict; None without a verdict."""
    human = human_phrase(verdict, what)
    return None if human is None else f"{capitalized(human)}."


def _language(verdict: Shared) -> str:
    name = MODEL_LANGUAGES.get(verdict.language or "")
    return f"{name} " if name else ""


def past_sentence(past: Past) -> str:
    """How many of the project's own functions it was compared with, and what they add for every function."""
    compared = f"Compared with {_own(len(past.logits))}"
    if abs(past.evidence) < NOTICEABLE:
        said = f"{compared}, which score as usual or lower."
    else:
        said = f"{compared}, which score higher than usual: that counts {logits(past.evidence)} for every function."
    if past.reference is None:
        return said
    return f"{said} Text is compared with theirs and with that of {_others(past.reference.declared)}."


def errors_here(past: Past | None) -> str:
    """How often the model errs in this project, or that nobody knows."""
    if past is None:
        return "How often it errs here is unknown: too little code from before December 2022."
    return f"Of {_own(len(past.logits))}, {past.flagged:,} would be flagged."


def past_phrase(share: PastShare) -> str:
    """``of this project's own 1,240 functions from before December 2022, 3 score as high``."""
    score = "scores" if share.as_high == 1 else "score"
    return f"of {_own(share.functions)}, {share.as_high:,} {score} as high"


def reference_phrase(share: ReferenceShare) -> str:
    """``its text is nearer to the 214 functions that records here declare as an agent's than to people's (+1.30)``."""
    there, people = _others(share.declared), "this project's older code"
    near, far = (there, people) if share.evidence > 0 else (people, there)
    return f"its text is nearer to {near} than to {far} ({logits(share.evidence)})"


def _others(declared: int) -> str:
    if not declared:
        return "LLM-written code in general"
    return f"the {counted(declared, 'function')} that its records declare as an agent's"


def _own(functions: int) -> str:
    return f"this project's own {counted(functions, 'function')} from before December 2022"
