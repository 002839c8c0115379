"""A blamed file as a page: what is declared and what is estimated, side by side for every function and line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from codeorigin.analysis.report import FunctionReport
from codeorigin.declared.records import Record
from codeorigin.pages.code import HeatLine, code_line
from codeorigin.pages.frame import page
from codeorigin.pages.parts import verdict
from codeorigin.text.literal_text import html_line
from codeorigin.wording.figures import logits
from codeorigin.wording.functions import band_or_reason
from codeorigin.wording.provenance import DECLARED_CAVEAT, declared_counts, declared_sentence, record_label

_COLUMNS = "Beside each line: what is declared about it, where that changes, and its weight in the estimate, in logits."


@dataclass(frozen=True, slots=True)
class BlamedLine:
    """A line (1-based) with its text, its record and its ``weight`` in logits; None outside of judged functions."""

    number: int
    text: str
    record: Record | None
    weight: float | None


@dataclass(frozen=True, slots=True)
class BlamedFile:
    """All lines of a file, and its outermost functions with their first and last lines."""

    path: str
    model: str
    lines: tuple[BlamedLine, ...]
    functions: tuple[tuple[FunctionReport, int, int], ...]


def blame_page(file: BlamedFile) -> Iterator[str]:
    """Yield the lines of the page."""
    return page(f"{file.path}: declared and estimated", _body(file), file.model)


def _body(file: BlamedFile) -> Iterator[str]:
    yield f'<p class="declared">{html_line(declared_counts(line.record for line in file.lines))}</p>'
    yield f'<p class="what">{escape(DECLARED_CAVEAT)} {escape(_COLUMNS)}</p>'
    # Two functions can begin on one line; the box is that of the last one.
    functions = {first: (function, last) for function, first, last in file.functions}
    edges = {1, len(file.lines) + 1, *functions, *(last + 1 for _, last in functions.values())}
    for first, following in pairwise(sorted(edge for edge in edges if edge <= len(file.lines) + 1)):
        lines = file.lines[first - 1 : following - 1]
        if first in functions:
            function, _ = functions[first]
            yield f"<h2>{html_line(function.span.qualified_name)}</h2>"
            shown = verdict(function.verdict.probability, function.verdict.band)
            if function.verdict.band is None:
                shown = f'<b class="none">{html_line(band_or_reason(function.verdict))}</b>'
            said = declared_sentence(first, [line.record for line in lines])
            yield f"<p>Estimated: {shown}. {html_line(said or 'Nothing declared')}.</p>"
        elif not any(line.text.strip() for line in lines):
            continue
        yield f"<pre>{''.join(_lines(lines))}</pre>"


def _lines(lines: Sequence[BlamedLine]) -> Iterator[str]:
    before = None
    for line in lines:
        label = record_label(line.record)
        said = f"stale: {label}" if line.record is not None and line.record.is_stale else label
        shown = "" if said == before else said
        before = said
        weight = "" if line.weight is None else logits(line.weight)
        columns = (
            f'<i class="said" title="{escape(label)}">{html_line(shown)}</i><i class="weight">{weight}</i>'
        )
        yield code_line(HeatLine(line.number, line.text.rstrip("\r"), line.weight or 0.0), columns)
