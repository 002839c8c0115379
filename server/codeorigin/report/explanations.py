"""Sentences about an explanation: what it is made of, how its lines add up, the method, and the strongest lines."""

from codeorigin.explain.explanation import ConstructAttribution, Explanation, LineAttribution
from codeorigin.model.verdict import Band, Verdict
from codeorigin.report.figures import NOTICEABLE, logits, percent, side

PENDING = "The explanation is being computed; hover again in a moment."
TOO_COARSE = "Treat single lines as approximate."

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
    "punctuation": "punctuation",
    "layout": "layout",
}


def direction(value: float) -> str:
    """The side that evidence points to."""
    return "towards LLM" if value > 0 else "towards human"


def evidence_sentence(explanation: Explanation, verdict: Verdict, band: Band) -> str:
    """What the evidence is made of, and whether the rest agrees.

    ``Mostly literals and comments; the rest of the file agrees.`` Where the lines do not speak for ``band``:
    ``Its own lines point to a person; the rest of the file points to an LLM.``
    """
    total = sum(line.value for line in explanation.lines)
    for_band = band is not Band.UNSURE and (total > 0) == (band is Band.LLM)
    made_of = _made_of(explanation)
    said = [made_of if for_band and made_of else f"Its own lines point {side(total)}"]
    if verdict.past is not None and verdict.past.evidence <= -NOTICEABLE:
        said.append("the project's older code scores high as well")
    if verdict.file_evidence is not None:
        there = side(verdict.file_evidence)
        agrees = there == side(total) and abs(total) >= NOTICEABLE
        said.append(f"the rest of the file {'agrees' if agrees else f'points {there}'}")
    return f"{'; '.join(said)}."


def with_more(explanation: Explanation, verdict: Verdict) -> tuple[str, str] | None:
    """What counts besides the function's own text, and the logit with it; None if nothing does."""
    counting = {
        "the project's older code": None if verdict.past is None else verdict.past.evidence or None,
        "the rest of the file": verdict.file_evidence,
    }
    found = {name: evidence for name, evidence in counting.items() if evidence is not None}
    if not found:
        return None
    return _listed(list(found)), logits(explanation.logit + sum(found.values()))


def method_phrase(explanation: Explanation) -> str:
    """How the evidence was computed."""
    if explanation.baseline is None:
        return "linear attributions: the exact shares of the n-grams"
    return f"integrated gradients, {explanation.nodes} nodes, {explanation.baseline.value} baseline"


def strongest(explanation: Explanation) -> list[LineAttribution]:
    """The lines with the strongest evidence for either side, strongest first; only those worth mentioning."""
    lines = [line for line in explanation.lines if abs(line.value) >= NOTICEABLE]
    return sorted(lines, key=lambda line: -abs(line.value))[:_STRONGEST]


def strongest_lines(explanation: Explanation) -> str:
    """``line 12 (+0.80), line 4 (-0.31)``: the strongest lines, 1-based."""
    return ", ".join(f"line {line.line + 1} ({logits(line.value)})" for line in strongest(explanation))


def construct_name(construct: ConstructAttribution) -> str:
    """The name of a construct for users: ``error handling``."""
    return _CONSTRUCTS[construct.construct.value]


def share_of_code(construct: ConstructAttribution, explanation: Explanation) -> str:
    """How much of the code a construct takes up: ``25 % of the code``."""
    return (
        f"{percent(construct.characters / sum(one.characters for one in explanation.constructs))} of the code"
    )


def by_construct(explanation: Explanation) -> str | None:
    """``Most of the evidence towards LLM lies in comments (+0.80) and calls (+0.31).``

    For the side that the lines point to in total; None without constructs or noticeable evidence.
    """
    named, most = _strongest_constructs(explanation)
    if not named:
        return None
    listed = _listed([f"{construct_name(construct)} ({logits(construct.value)})" for construct in named])
    return f"{'Most' if most else 'Much'} of the evidence {direction(named[0].value)} lies in {listed}."


def _made_of(explanation: Explanation) -> str | None:
    """``Mostly comments and calls``."""
    named, most = _strongest_constructs(explanation)
    return (
        f"{'Mostly' if most else 'Partly'} {_listed([construct_name(construct) for construct in named])}"
        if named
        else None
    )


def _strongest_constructs(explanation: Explanation) -> tuple[list[ConstructAttribution], bool]:
    """The strongest constructs of the side that the lines point to in total, and whether they are most of it."""
    total_side = 1.0 if sum(line.value for line in explanation.lines) > 0 else -1.0
    found = [construct for construct in explanation.constructs if total_side * construct.value >= NOTICEABLE]
    total = sum(construct.value for construct in found)
    named: list[ConstructAttribution] = []
    for construct in found[:_STRONGEST]:
        named.append(construct)
        if sum(one.value for one in named) / total > _MOST:
            return named, True
    return named, False


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
