"""An explanation as text with signed bars, or as JSON."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from codeorigin.analysis.judged import JudgedFunction, line_range
from codeorigin.check.formats.text import BAND_STYLES
from codeorigin.explain.explanation import Explanation, LineAttribution
from codeorigin.model.verdict import Band, Verdict
from codeorigin.report import CAVEAT
from codeorigin.report.explanations import (
    by_construct,
    construct_name,
    method_phrase,
    share_of_code,
    with_more,
)
from codeorigin.report.figures import logits, percent, probability_decimal
from codeorigin.report.shares import shares_sentence
from codeorigin.report.values import encoded, verdict_values
from codeorigin.report.verdicts import BAND_NAMES, band_or_reason, own_text
from codeorigin.shell.console import make_console, print_in_one_line, print_sentences
from codeorigin.shell.terminal import printable, printable_code
from codeorigin.text.positions import LineIndex

_HALF_WIDTH = 10
_STRONGEST = 3
"""Lines that come first, unless the function has hardly more."""
_APPROXIMATE = "approximate: the lines do not add up to the logit within the tolerance"
_FIGURES = ("probability", "band", "own_probability", "file_evidence", "neighbours", "past_evidence")


@dataclass(frozen=True, slots=True)
class Explained:
    """A function with its explanation and the text of its file."""

    path: str
    model: str
    text: str
    function: JudgedFunction
    explanation: Explanation


def _evidence(value: float, bar: str = "") -> tuple[str, str]:
    """Evidence and its ``bar``, in the colour of its side."""
    return f"{value:+7.2f}{bar}", BAND_STYLES[Band.LLM if value > 0 else Band.HUMAN]


def _heading(explained: Explained, *, verbose: bool) -> Text:
    verdict = explained.function.verdict
    first, last = line_range(explained.function)
    said = ""
    if verbose and verdict.llm_threshold is not None and verdict.human_threshold is not None:
        llm, human = verdict.llm_threshold, verdict.human_threshold
        said = f" ({BAND_NAMES[Band.LLM]} from {llm:.2f}, {BAND_NAMES[Band.HUMAN]} up to {human:.2f})"
    if verdict.windows > 1:
        said += f"; read in {verdict.windows} overlapping windows"
    said += "".join(f"\n{line}" for line in (shares_sentence(verdict), own_text(verdict)) if line is not None)
    return Text.assemble(
        (printable(explained.function.span.qualified_name), "bold"),
        f"  {printable(explained.path)}:{first}-{last}\nprobability {probability_decimal(verdict.probability)}, ",
        (band_or_reason(verdict), "" if verdict.band is None else BAND_STYLES[verdict.band]),
        said,
    )


def signed_bar(value: float, largest: float, half_width: int = _HALF_WIDTH) -> str:
    """A bar from a middle line towards ``human`` (left) or ``llm`` (right); ``largest`` fills its half.

    It is empty for values too small to draw; the number next to it still shows them.
    """
    cells = round(half_width * min(1.0, abs(value) / largest)) if largest > 0 else 0
    left, right = ("", "+" * cells) if value > 0 else ("-" * cells, "")
    return f"{left:>{half_width}}|{right:<{half_width}}"


def _constructs(explanation: Explanation, console: Console) -> None:
    """Print the evidence by construct, strongest first, each with its share of the characters."""
    if not explanation.constructs:
        return
    console.print(Text("\nby kind of code", "bold"))
    for construct in explanation.constructs:
        text = Text.assemble(_evidence(construct.value), f"  {construct_name(construct)}")
        console.print(text.append(f", {share_of_code(construct, explanation)}", "dim"))
    if (sentence := by_construct(explanation)) is not None:
        print_sentences(console, Text(sentence))


def write_text(explained: Explained, stream: TextIO, *, verbose: bool = False) -> None:
    """Write the explanation to ``stream``: the verdict, the strongest lines, a bar for each line, and the constructs.

    ``verbose`` adds thresholds, logits and the strongest tokens.
    """
    console = make_console(stream)
    explanation = explained.explanation
    index = LineIndex(explained.text)
    print_sentences(console, _heading(explained, verbose=verbose))
    if verbose:
        text = Text(f"{_equation(explanation, explained.function.verdict)}\n{method_phrase(explanation)}")
        print_sentences(console, text.append(f"; {_APPROXIMATE}" if explanation.approximate else "", "bold"))
    elif explanation.approximate:
        print_sentences(console, Text(_APPROXIMATE, "bold"))
    largest = max((abs(line.value) for line in explanation.lines), default=0.0)
    width = max((len(str(line.line + 1)) for line in explanation.lines), default=1)
    console.print(Text(f"\n{'':{width + 9}}{'human':<{_HALF_WIDTH}} {'llm':>{_HALF_WIDTH}}", "dim"))

    def show(lines: Iterable[LineAttribution]) -> None:
        for line in lines:
            bar = f" {signed_bar(line.value, largest)}"
            code = printable_code(index.line_text(line.line))
            number = (f"{line.line + 1:>{width}} ", "dim")
            print_in_one_line(console, Text.assemble(number, _evidence(line.value, bar), f" {code}"))

    if len(explanation.lines) > 2 * _STRONGEST:
        show(sorted(explanation.lines, key=lambda line: -abs(line.value))[:_STRONGEST])
        console.print()
    show(explanation.lines)
    _constructs(explanation, console)
    if verbose and explanation.top_tokens:
        console.print(Text("\nstrongest tokens", "bold"))
        for token in explanation.top_tokens:
            line = (f"  line {token.line + 1:>{width}}  ", "dim")
            print_in_one_line(
                console, Text.assemble(_evidence(token.value), line, printable_code(token.text))
            )
    print_sentences(console, Text(f"\n{printable(explained.model)}. {CAVEAT}", "dim"))


def render_json(explained: Explained) -> str:
    """The explanation as ASCII JSON with a final newline; lines and columns are 1-based, values are logits.

    The lines account for ``logit``, the logit of the function's own text; ``past_evidence`` and
    ``file_evidence`` are added to it.
    """
    span = explained.function.span
    verdict = explained.function.verdict
    explanation = explained.explanation
    first, last = line_range(explained.function)
    values: dict[str, Any] = {
        "model": explained.model,
        "path": explained.path,
        "language": span.language,
        "name": span.name,
        "qualified_name": span.qualified_name,
        "start_line": first,
        "end_line": last,
        **verdict_values(verdict, _FIGURES),
        "own_text": own_text(verdict),
        "logit": explanation.logit,
        "baseline_logit": explanation.baseline_logit,
        "completeness_gap": explanation.completeness_gap,
        "approximate": explanation.approximate,
        "method": explanation.method.value,
        "baseline": explanation.baseline and explanation.baseline.value,
        "nodes": explanation.nodes,
        "lines": [asdict(line) | {"line": line.line + 1} for line in explanation.lines],
        "top_tokens": [
            asdict(token)
            | {
                "line": token.line + 1,
                "start_column": token.start_column + 1,
                "end_column": token.end_column + 1,
            }
            for token in explanation.top_tokens
        ],
        "constructs": [asdict(construct) for construct in explanation.constructs],
    }
    return encoded(values, indent=2) + "\n"


def _equation(explanation: Explanation, verdict: Verdict) -> str:
    """The logit as the sum of its parts, on one line, and the logit with all else that counts."""
    logit, baseline = logits(explanation.logit), logits(explanation.baseline_logit)
    total = logits(sum(line.value for line in explanation.lines))
    more = with_more(explanation, verdict)
    beside = "" if more is None else "; logit with {} {}".format(*more)
    gap = percent(explanation.completeness_gap)
    return f"logit {logit} = baseline {baseline} + lines {total} (completeness gap {gap}){beside}"
