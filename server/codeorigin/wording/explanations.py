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
    """How the lines add up to the function's own logit, and the logit with the rest of the file or commit."""
    total = explanation.logit - explanation.baseline_logit
    text = (
        f"The function's lines add up to {logits(total)} (logit {logits(explanation.logit)}, from "
        f"{logits(explanation.baseline_logit)} without evidence), completeness gap "
        f"{percent(explanation.completeness_gap)}."
    )
    if explanation.approximate:
        text += f" {TOO_COARSE}"
    if verdict.commit_evidence is not None:
        added = verdict.commit_evidence + (verdict.file_evidence or 0.0)
        with_what = "commit" if verdict.file_evidence is None else "file and of the commit"
        text += f" With the rest of the {with_what}: {logits(explanation.logit + added)}."
    elif verdict.file_evidence is not None:
        text += f" With the rest of the file: {logits(explanation.logit + verdict.file_evidence)}."
    return text


def method_phrase(explanation: Explanation) -> str:
    """How the evidence was computed."""
    if explanation.method is Method.OCCLUSION:
        return "line occlusion: how the logit changes without each line; the lines need not add up"
    if explanation.baseline is None:
        return "linear attributions: the exact shares of the n-grams"
    return f"integrated gradients, {explanation.nodes} nodes, {explanation.baseline.value} baseline"


def equation(explanation: Explanation, file_evidence: float | None) -> str:
    """The logit as the sum of its parts, on one line, and the logit with ``file_evidence`` added."""
    logit, baseline = logits(explanation.logit), logits(explanation.baseline_logit)
    total = logits(sum(line.value for line in explanation.lines))
    in_file = ""
    if file_evidence is not None:
        in_file = f"; logit with the rest of the file {logits(explanation.logit + file_evidence)}"
    if explanation.method is Method.OCCLUSION:
        return f"logit {logit}, of an empty input {baseline}; lines {total}{in_file}"
    gap = percent(explanation.completeness_gap)
    return f"logit {logit} = baseline {baseline} + lines {total} (completeness gap {gap}){in_file}"


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
