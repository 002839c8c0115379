"""Sentences about an explanation: how its lines add up, the method, and the strongest lines."""

from codeorigin.explain.explanation import ConstructAttribution, Explanation, LineAttribution, Method
from codeorigin.model.verdict import Verdict
from codeorigin.wording.figures import NOTICEABLE, logits, percent

PENDING = "The explanation is being computed; hover again in a moment."
READY = "The explanation is ready: hover again"
FAILED = "The explanation failed: hover again to see why"
TOO_COARSE = "The gap is above the tolerance: treat single lines as approximate."

_STRONGEST = 3
_MOST = 0.5

_CONSTRUCTS = {
    "comment": "comments",
    "docstring": "docstrings",
    "error_handling": "error handling",
    "control_flow": "control flow",
    "signature": "the signature",
    "call": "calls",
    "name": "names",
    "type": "types",
    "literal": "literals",
    "keyword": "keywords",
    "punctuation": "operators and punctuation",
    "layout": "layout",
}


def no_explanation(error: Exception) -> str:
    """Why there is no explanation; ``error`` is worded for users."""
    return f"No explanation: {error}"


def explanation_failed(error: Exception) -> str:
    """A note that there is no explanation because of an unexpected ``error``."""
    return f"No explanation ({type(error).__name__}); the log has the details."


def direction(value: float) -> str:
    """The side that evidence points to."""
    return "towards LLM" if value > 0 else "towards human"


def balance(explanation: Explanation, verdict: Verdict) -> str:
    """How the lines add up to the function's own logit, and the logit with all else that counts."""
    total = explanation.logit - explanation.baseline_logit
    text = (
        f"The function's lines add up to {logits(total)} (logit {logits(explanation.logit)}, from "
        f"{logits(explanation.baseline_logit)} without evidence), completeness gap "
        f"{percent(explanation.completeness_gap)}."
    )
    if explanation.approximate:
        text += f" {TOO_COARSE}"
    if (more := _with_more(explanation, verdict)) is not None:
        text += " With {}: {}.".format(*more)
    return text


def _with_more(explanation: Explanation, verdict: Verdict) -> tuple[str, str] | None:
    """What counts besides the function's own text, and the logit with it; None if nothing does."""
    counting = {
        "the project's past": None if verdict.past is None else verdict.past.evidence or None,
        "the rest of the file": verdict.file_evidence,
        "the rest of the commit": verdict.commit_evidence,
    }
    found = {name: evidence for name, evidence in counting.items() if evidence is not None}
    if not found:
        return None
    *names, last = found
    named = f"{', '.join(names)} and {last}" if names else last
    return named, logits(explanation.logit + sum(found.values()))


def method_phrase(explanation: Explanation) -> str:
    """How the evidence was computed."""
    if explanation.method is Method.OCCLUSION:
        return "line occlusion: how the logit changes without each line; the lines need not add up"
    if explanation.baseline is None:
        return "linear attributions: the exact shares of the n-grams"
    return f"integrated gradients, {explanation.nodes} nodes, {explanation.baseline.value} baseline"


def equation(explanation: Explanation, verdict: Verdict) -> str:
    """The logit as the sum of its parts, on one line, and the logit with all else that counts."""
    logit, baseline = logits(explanation.logit), logits(explanation.baseline_logit)
    total = logits(sum(line.value for line in explanation.lines))
    more = _with_more(explanation, verdict)
    beside = "" if more is None else "; logit with {} {}".format(*more)
    if explanation.method is Method.OCCLUSION:
        return f"logit {logit}, of an empty input {baseline}; lines {total}{beside}"
    gap = percent(explanation.completeness_gap)
    return f"logit {logit} = baseline {baseline} + lines {total} (completeness gap {gap}){beside}"


def strongest_lines(explanation: Explanation) -> str:
    """``line 12 (+0.80), line 4 (-0.31)``: the strongest lines, 1-based."""
    lines: list[LineAttribution] = sorted(explanation.lines, key=lambda line: -abs(line.value))
    return ", ".join(f"line {each.line + 1} ({logits(each.value)})" for each in lines[:_STRONGEST])


def construct_name(each: ConstructAttribution) -> str:
    """The name of a construct for users: ``error handling``."""
    return _CONSTRUCTS[each.construct.value]


def share_of_code(each: ConstructAttribution, explanation: Explanation) -> str:
    """How much of the code a construct takes up: ``25 % of the code``."""
    return f"{percent(each.characters / sum(one.characters for one in explanation.constructs))} of the code"


def by_construct(explanation: Explanation) -> str | None:
    """``Most of the evidence towards LLM lies in comments (+0.80) and calls (+0.31).``

    For the side that the lines point to in total; None without constructs or noticeable evidence.
    """
    side = 1.0 if sum(line.value for line in explanation.lines) > 0 else -1.0
    found = [each for each in explanation.constructs if side * each.value >= NOTICEABLE]
    if not found:
        return None
    total = sum(each.value for each in found)
    named: list[ConstructAttribution] = []
    for each in found[:_STRONGEST]:
        named.append(each)
        if sum(one.value for one in named) / total > _MOST:
            break
    most = sum(one.value for one in named) / total > _MOST
    texts = [f"{construct_name(each)} ({logits(each.value)})" for each in named]
    listed = texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
    return f"{'Most' if most else 'Much'} of the evidence {direction(side)} lies in {listed}."
