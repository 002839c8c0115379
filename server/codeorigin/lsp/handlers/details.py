"""Everything behind a verdict as terms, each with what it means: for a page that folds them away."""

from typing import NamedTuple

from codeorigin.explain.explanation import Explanation
from codeorigin.model.verdict import Limits, Verdict
from codeorigin.report.explanations import TOO_COARSE, method_phrase, with_more
from codeorigin.report.figures import logits, percent, probability_percent
from codeorigin.report.functions import own_text, reported_from, windows_note
from codeorigin.report.shares import human_phrase, llm_phrase


class Detail(NamedTuple):
    """A term, what it means in general, and what it is here."""

    term: str
    meaning: str
    text: str


PROBABILITY = (
    "The estimate that an LLM wrote the function: the logit of it and of what counts beside it, calibrated."
)
HUMAN_SHARE = (
    "Measured on human-written functions that the model had not seen, all repositories alike. "
    "This share decides what is reported."
)
LLM_SHARE = "The same for LLM-written functions: where it is small, the verdict is human."
REPORTED = "The model's own limit, or the one in your settings."
OWN_TEXT = (
    "What the function's text says by itself, and what the functions around it add to that, in logits. "
    "The lines explain the former."
)
WINDOWS = "The model reads at most so much at once, and the answers of the parts are averaged."
LOGIT = (
    "The model's raw score, as log-odds: 0 is even, and +0.7 doubles the odds of an LLM. "
    "The evidence of all lines, added to the score of a text without evidence, makes up the logit."
)
IN_ALL = "The logit with all that counts beside the function's own text. The probability follows from it."
GAP = "By how much the evidence of the lines misses the logit, as a share of it. 0 % is exact."
METHOD = "How the logit was divided among the lines."
MODEL = "The name of the model, its version, and a checksum of its files."


def details(verdict: Verdict, explanation: Explanation | None, limits: Limits, model_id: str) -> list[Detail]:
    """The terms of a verdict and of its explanation, without those that say nothing here."""
    found: list[tuple[str, str, str | None]] = []
    if verdict.probability is not None:
        found += [
            ("Probability", PROBABILITY, probability_percent(verdict.probability)),
            ("Human code", HUMAN_SHARE, human_phrase(verdict)),
            ("LLM code", LLM_SHARE, llm_phrase(verdict)),
            ("Reported", REPORTED, reported_from(verdict, limits)),
            ("Own text", OWN_TEXT, own_text(verdict)),
            ("Long function", WINDOWS, windows_note(verdict)),
        ]
    if explanation is not None:
        start = explanation.baseline_logit
        by_lines = f"{logits(start)} without evidence, {logits(explanation.logit - start)} by lines"
        logit = f"{logits(explanation.logit)} = {by_lines}"
        more = with_more(explanation, verdict)
        gap = percent(explanation.completeness_gap)
        found += [
            ("Logit", LOGIT, logit),
            ("Logit in all", IN_ALL, more and "{1} with {0}".format(*more)),
            (
                "Completeness gap",
                GAP,
                f"{gap}, above the tolerance. {TOO_COARSE}" if explanation.approximate else gap,
            ),
            ("Method", METHOD, method_phrase(explanation)),
        ]
    found.append(("Model", MODEL, model_id))
    return [Detail(term, meaning, text) for term, meaning, text in found if text is not None]
