"""The report as a self-contained HTML page with the code of the findings, without scripts."""

from collections.abc import Iterator
from html import escape

from codeorigin.analysis.report import FunctionReport, line_range, walk
from codeorigin.check.result import CheckedFile, CheckResult
from codeorigin.cli.page import page
from codeorigin.cli.terminal import with_spaces
from codeorigin.model.verdict import Verdict
from codeorigin.text.literal_text import html_line
from codeorigin.wording import CAVEAT
from codeorigin.wording.changes import declared_sentence, scope_sentence, verdict_sentence
from codeorigin.wording.figures import probability_decimal
from codeorigin.wording.files import file_band_or_reason, file_phrase
from codeorigin.wording.functions import band_or_reason, own_text
from codeorigin.wording.titles import HTML_COLUMNS
from codeorigin.wording.totals import summary_sentences

_STYLE = """
:root { color-scheme: light dark; --edge: #8884; --llm: #d9730d; --unsure: #a08300; --human: #0b7fab; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h2 { font: 600 1rem ui-monospace, monospace; overflow-wrap: anywhere; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; table-layout: fixed; width: 100%; }
th { width: 12%; } th:first-child { width: 52%; } th:last-child { width: 24%; }
th, td { text-align: left; vertical-align: top; }
th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--edge); }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.function { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.bar { display: inline-block; width: 6rem; height: .6rem; background: var(--edge); border-radius: .3rem; }
.bar span { display: block; height: 100%; border-radius: .3rem; background: currentColor; }
.llm { color: var(--llm); } .unsure { color: var(--unsure); } .human { color: var(--human); }
.none { opacity: .65; } .finding td.function { font-weight: 700; }
.own-text { font-family: system-ui, sans-serif; font-weight: 400; margin: .5rem 0; }
pre { overflow-x: auto; padding: .75rem; font-weight: 400; }
pre { border: 1px solid var(--edge); border-radius: .4rem; }
footer { margin-top: 2rem; opacity: .75; }
"""


def _bar(probability: float | None) -> str:
    if probability is None:
        return ""
    return f'<span class="bar"><span style="width:{100 * probability:.0f}%"></span></span>'


def _code(file: CheckedFile, function: FunctionReport) -> str:
    """The function's source, collapsed, with the sentence on its file above it, if the check kept the text."""
    if file.text is None:
        return ""
    span = function.span.range
    before = file.text[span.start - span.start_column : span.start]
    source = (before if before.isspace() else " " * len(before)) + file.text[span.start : span.end]
    lines = source.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    shown = "\n".join(html_line(with_spaces(line)) for line in lines)
    in_its_file = own_text(function.verdict)
    said = "" if in_its_file is None else f'<p class="own-text">{escape(in_its_file)}</p>'
    return f"<details><summary>code</summary>{said}<pre>{shown}</pre></details>"


def _title(verdict: Verdict) -> str:
    """The tooltip of a probability; findings also show it above their code."""
    in_its_file = own_text(verdict)
    return "" if in_its_file is None else f' title="{escape(in_its_file)}"'


def _rows(file: CheckedFile, functions: tuple[FunctionReport, ...], result: CheckResult) -> Iterator[str]:
    for depth, function in walk(functions):
        verdict = function.verdict
        first, last = line_range(function)
        finding = result.is_finding(function)
        band = "none" if verdict.band is None else verdict.band.value
        title = _title(verdict)
        yield (
            f'<tr class="{"finding" if finding else "other"}">'
            f'<td class="function" style="padding-left:{1.5 * depth}rem">'
            f"{html_line(function.span.qualified_name)}"
            f"{_code(file, function) if finding else ''}</td>"
            f'<td class="number">{first}–{last}</td>'
            f'<td class="number"{title}>{escape(probability_decimal(verdict.probability))}</td>'
            f'<td class="{band}"{title}>{_bar(verdict.probability)} {escape(band_or_reason(verdict))}</td></tr>'
        )


def _whole(file: CheckedFile) -> Iterator[str]:
    verdict = file.report.verdict
    if verdict is None or verdict.band is None:
        return
    phrase = file_phrase(verdict).capitalize()
    yield (
        f'<p class="{verdict.band.value}">{_bar(verdict.probability)} {escape(phrase)}: '
        f"{escape(probability_decimal(verdict.probability))}, {escape(file_band_or_reason(verdict))}</p>"
    )


def _body(result: CheckResult) -> Iterator[str]:
    totals = " ".join(summary_sentences(result.summary))
    yield f"<p>{escape(totals)}</p><p><strong>{escape(CAVEAT)}</strong></p>"
    if result.change is not None:
        yield f"<p>{html_line(scope_sentence(result.change))}</p>"
        if (together := verdict_sentence(result.change)) is not None:
            whole = result.change.verdict
            band = "none" if whole is None or whole.band is None else whole.band.value
            bar = _bar(None if whole is None else whole.probability)
            yield f'<p class="{band}">{bar} {escape(together)}</p>'
        if (said := declared_sentence(result.change)) is not None:
            yield f"<p>{html_line(said)}</p>"
    for file in result.files:
        functions = file.report.functions
        yield f"<h2>{html_line(file.shown)}</h2>"
        yield from _whole(file)
        if not functions:
            yield "<p>No functions.</p>"
            continue
        name, lines, probability, verdict = HTML_COLUMNS
        yield (
            f'<table><thead><tr><th>{name}</th><th class="number">{lines}</th>'
            f'<th class="number">{probability}</th><th>{verdict}</th></tr></thead><tbody>'
        )
        yield from _rows(file, functions, result)
        yield "</tbody></table>"
    if result.errors:
        yield f"<h2>Problems: {len(result.errors):,}</h2><ul>"
        yield from (
            f"<li>{html_line(error.path)}: {html_line(error.message)}</li>" for error in result.errors
        )
        yield "</ul>"


def parts(result: CheckResult) -> Iterator[str]:
    """The lines of the page, with all names and code escaped."""
    return page("CodeOrigin report", _STYLE, _body(result), result.model, version=result.version)


def render(result: CheckResult) -> str:
    """All :func:`parts` as one string."""
    return "".join(parts(result))
