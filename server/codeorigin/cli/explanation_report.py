"""An explanation as text with signed bars, or as JSON."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TextIO

from rich.console import Console
from rich.text import Text

from codeorigin.analysis.report import FunctionReport, line_range
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
from codeorigin.report.functions import band_or_reason, own_text
from codeorigin.report.shares import shares_sentence
from codeorigin.report.values import encoded, verdict_values
from codeorigin.shell.console import make_console
from codeorigin.shell.terminal import can_encode, printable, printable_code
from codeorigin.text.positions import LineIndex

_HALF_WIDTH = 10
_STRONGEST = 3
"""Lines that come first, unless the function has hardly more."""
_APPROXIMATE = "approximate: the lines do not add up to the logit within the tolerance"
_RIGHT_BLOCKS = "▏▎▍▌▋▊▉█"
_LLM_STYLE = "dark_orange"
_HUMAN_STYLE = "cyan"
_FIGURES = ("probability", "band", "own_probability", "file_evidence", "neighbours", "past_evidence")


@dataclass(frozen=True, slots=True)
class Explained:
    """A function with its explanation and the text of its file."""

    path: str
    model: str
    text: str
    function: FunctionReport
    explanation: Explanation


def _sign_style(value: float) -> str:
    return _LLM_STYLE if value > 0 else _HUMAN_STYLE


def _heading(explained: Explained, *, verbose: bool) -> Text:
    verdict = explained.function.verdict
    first, last = line_range(explained.function)
    text = Text()
    text.append(printable(explained.function.span.qualified_name), "bold")
    text.append(f"  {printable(explained.path)}:{first}-{last}\n")
    text.append(f"probability {probability_decimal(verdict.probability)}, ")
    text.append(band_or_reason(verdict), "" if verdict.band is None else BAND_STYLES[verdict.band])
    if verbose and verdict.llm_threshold is not None and verdict.human_threshold is not None:
        text.append(
            f" ({Band.LLM.value} from {verdict.llm_threshold:.2f}, "
            f"{Band.HUMAN.value} up to {verdict.human_threshold:.2f})"
        )
    if verdict.windows > 1:
        text.append(f"; read in {verdict.windows} overlapping windows")
    if (shares := shares_sentence(verdict)) is not None:
        text.append(f"\n{shares}")
    if (in_its_file := own_text(verdict)) is not None:
        text.append(f"\n{in_its_file}")
    return text


def _balance(explanation: Explanation, verdict: Verdict) -> Text:
    """Where the logit comes from, and how well the lines account for it."""
    text = Text(f"{_equation(explanation, verdict)}\n{method_phrase(explanation)}")
    if explanation.approximate:
        text.append(f"; {_APPROXIMATE}", "bold")
    return text


def signed_bar(
    value: float, largest: float, half_width: int, *, ascii_only: bool = False
) -> tuple[str, str, str]:
    """A bar from a middle line towards ``llm`` (right) or ``human`` (left): its left half, middle and right half.

    ``largest``, the largest absolute value, fills the ``half_width`` cells. The bar is empty for values too small to
    draw; the number next to it still shows them.
    """
    share = 0.0 if largest <= 0 else min(1.0, abs(value) / largest)
    cells = share * half_width
    if ascii_only:
        blocks = "#" * round(cells)
    elif value > 0:
        eighths = round(cells * 8)
        blocks = "█" * (eighths // 8) + (_RIGHT_BLOCKS[eighths % 8 - 1] if eighths % 8 else "")
    else:
        # Block characters that start at the right exist only for whole and half cells.
        halves = round(cells * 2)
        blocks = ("▐" if halves % 2 else "") + "█" * (halves // 2)
    left, right = ("", blocks) if value > 0 else (blocks, "")
    return left.rjust(half_width), "|" if ascii_only else "│", right.ljust(half_width)


def _line(line: LineAttribution, code: str, largest: float, number_width: int, *, ascii_only: bool) -> Text:
    left, middle, right = signed_bar(line.value, largest, _HALF_WIDTH, ascii_only=ascii_only)
    text = Text()
    text.append(f"{line.line + 1:>{number_width}} ", "dim")
    text.append(f"{line.value:+7.2f} ", _sign_style(line.value))
    text.append(left, _HUMAN_STYLE)
    text.append(middle, "dim")
    text.append(right, _LLM_STYLE)
    text.append(f" {printable_code(code)}")
    return text


def _constructs(explanation: Explanation, console: Console) -> None:
    """Print the evidence by construct, strongest first, each with its share of the characters."""
    if not explanation.constructs:
        return
    console.print(Text("\nby construct", "bold"))
    for construct in explanation.constructs:
        text = Text(f"{construct.value:+7.2f} ", _sign_style(construct.value))
        text.append(f" {construct_name(construct)}")
        text.append(f", {share_of_code(construct, explanation)}", "dim")
        console.print(text)
    if (sentence := by_construct(explanation)) is not None:
        console.print(sentence)


def write_text(explained: Explained, stream: TextIO, *, verbose: bool = False) -> None:
    """Write the explanation to ``stream``: the verdict, the strongest lines, a bar for each line, and the constructs.

    ``verbose`` adds thresholds, logits and the strongest tokens.
    """
    console = make_console(stream)
    explanation = explained.explanation
    index = LineIndex(explained.text)
    ascii_only = not can_encode(stream, _RIGHT_BLOCKS)
    console.print(_heading(explained, verbose=verbose))
    if verbose:
        console.print(_balance(explanation, explained.function.verdict))
    elif explanation.approximate:
        console.print(Text(_APPROXIMATE, "bold"))
    console.print()
    largest = max((abs(line.value) for line in explanation.lines), default=0.0)
    number_width = max((len(str(line.line + 1)) for line in explanation.lines), default=1)
    blank = " " * (number_width + 9)
    console.print(Text(f"{blank}{'human':<{_HALF_WIDTH}} {'llm':>{_HALF_WIDTH}}", "dim"))

    def show(lines: Iterable[LineAttribution]) -> None:
        for line in lines:
            code = index.line_text(line.line)
            console.print(_line(line, code, largest, number_width, ascii_only=ascii_only))

    if len(explanation.lines) > 2 * _STRONGEST:
        show(sorted(explanation.lines, key=lambda line: -abs(line.value))[:_STRONGEST])
        console.print()
    show(explanation.lines)
    _constructs(explanation, console)
    if verbose and explanation.top_tokens:
        console.print(Text("\nstrongest tokens", "bold"))
        for token in explanation.top_tokens:
            text = Text(f"{token.value:+7.2f} ", _sign_style(token.value))
            text.append(f" line {token.line + 1:>{number_width}}  ", "dim")
            text.append(printable_code(token.text), "")
            console.print(text)
    console.print(Text(f"\n{printable(explained.model)}. {CAVEAT}", "dim"))


def to_dict(explained: Explained) -> dict[str, Any]:
    """The explanation as plain values; lines and columns are 1-based, values are logits.

    The lines account for ``logit``, the logit of the function's own text; ``past_evidence`` and
    ``file_evidence`` are added to it.
    """
    span = explained.function.span
    verdict = explained.function.verdict
    explanation = explained.explanation
    first, last = line_range(explained.function)
    return {
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
        "lines": [
            {"line": line.line + 1, "value": line.value, "wide": line.wide, "deep": line.deep}
            for line in explanation.lines
        ],
        "top_tokens": [
            {
                "text": token.text,
                "line": token.line + 1,
                "start_column": token.start_column + 1,
                "end_column": token.end_column + 1,
                "value": token.value,
            }
            for token in explanation.top_tokens
        ],
        "constructs": [
            {
                "construct": construct.construct.value,
                "value": construct.value,
                "wide": construct.wide,
                "deep": construct.deep,
                "characters": construct.characters,
            }
            for construct in explanation.constructs
        ],
    }


def render_json(explained: Explained) -> str:
    """One ASCII JSON document with a final newline."""
    return encoded(to_dict(explained), indent=2) + "\n"


def _equation(explanation: Explanation, verdict: Verdict) -> str:
    """The logit as the sum of its parts, on one line, and the logit with all else that counts."""
    logit, baseline = logits(explanation.logit), logits(explanation.baseline_logit)
    total = logits(sum(line.value for line in explanation.lines))
    more = with_more(explanation, verdict)
    beside = "" if more is None else "; logit with {} {}".format(*more)
    gap = percent(explanation.completeness_gap)
    return f"logit {logit} = baseline {baseline} + lines {total} (completeness gap {gap}){beside}"
