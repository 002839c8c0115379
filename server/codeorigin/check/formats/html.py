"""The report as a self-contained HTML page with the code of the findings and its evidence, without scripts."""

from collections.abc import Iterator, Sequence
from html import escape

from codeorigin.analysis.judged import JudgedFile, JudgedFunction, line_range
from codeorigin.check.evidence import strongest, worst_first
from codeorigin.check.result import CheckResult, change_sentences, declared_line, disagreements
from codeorigin.model.verdict import Band
from codeorigin.report import CAVEAT
from codeorigin.report.code import HeatLine, code_box
from codeorigin.report.declared import disagreement_sentence
from codeorigin.report.editor_texts import known_of
from codeorigin.report.figures import counted
from codeorigin.report.origin import Origin, report_page
from codeorigin.report.page import BANDS, folded, legend, problems, stack, table, tiles, verdict
from codeorigin.report.shares import errors_here, shares_sentence
from codeorigin.report.totals import summary_sentences
from codeorigin.report.verdicts import BAND_NAMES, own_text, short_reason
from codeorigin.text.literal_text import html_line

_COLUMNS = ("Function", "Lines", "Verdict")
_NOTE = (
    "Files with the most findings first, by folder. The strongest findings open their code; the figure beside a line "
    "is its evidence: + towards an LLM, - towards a person. For any other function: codeorigin explain FILE:LINE."
)
_MOST_PLACES = 200


def parts(result: CheckResult) -> Iterator[str]:
    """The lines of the page, with all names and code escaped."""
    origin = result.origin or Origin(".")
    return report_page("check", origin, _body(result, origin), result.model, version=result.version)


def _body(result: CheckResult, origin: Origin) -> Iterator[str]:
    summary = result.summary
    not_judged = summary.functions - summary.scored
    yield f'<p class="notice"><strong>{escape(CAVEAT)}</strong></p>'
    yield tiles(
        [
            (f"{summary.files:,}", "files", ""),
            (f"{summary.functions:,}", "functions", ""),
            *((f"{summary.bands[band]:,}", BAND_NAMES[band], band.value) for band in BANDS),
            *([(f"{not_judged:,}", "not judged", "")] if not_judged else []),
            *([(f"{summary.moved:,}", "moved", "")] if summary.moved else []),
        ]
    )
    yield f"<p>{escape(' '.join(summary_sentences(summary)))}</p>"
    if result.is_compared:
        yield f"<p>{escape(errors_here(result.past))}</p>"
    if (said := declared_line(result)) is not None:
        yield f'<p class="declared">{html_line(said)}</p>'
    for kind, found in disagreements(result).items():
        yield folded("function", escape(disagreement_sentence(kind, len(found))), _places(found, origin))
    for about, text in change_sentences(result):
        marked = ' class="declared"' if about == "declared" else ""
        yield f"<p{marked}>{html_line(text)}</p>"
    listed = worst_first(result)
    if listed:
        yield f'<h2>Files</h2><p class="what">{escape(_NOTE)}</p>{legend()}'
    yield from _folders(listed, result, origin)
    if result.errors:
        yield f"<h2>Problems: {len(result.errors):,}</h2>"
        yield problems([(error.path, error.message) for error in result.errors])


def _places(found: Sequence[tuple[JudgedFile, JudgedFunction]], origin: Origin) -> Iterator[str]:
    rows = []
    for file, function in found[:_MOST_PLACES]:
        name = html_line(function.span.qualified_name)
        rows.append(
            [
                f"<code>{name}</code>",
                f"<code>{html_line(file.shown)}</code>",
                _lines_of(file, function, origin),
            ]
        )
    yield table(["function", "file", "lines"], rows)
    if len(found) > _MOST_PLACES:
        yield f"<p>And {len(found) - _MOST_PLACES:,} more.</p>"


def _lines_of(file: JudgedFile, function: JudgedFunction, origin: Origin) -> str:
    first, last = line_range(function)
    return origin.lines(f"{first}–{last}", file.shown, first, last)


def _folders(listed: Sequence[JudgedFile], result: CheckResult, origin: Origin) -> Iterator[str]:
    """The files by folder, unless all are in one; the first is open."""
    folders: dict[str, list[JudgedFile]] = {}
    for file in listed:
        folders.setdefault(file.path.rpartition("/")[0], []).append(file)
    for folder, files in folders.items():
        made = (_file(file, result, origin, is_open=file is listed[0]) for file in files)
        if len(folders) == 1:
            yield from made
            continue
        named = f"<code>{html_line(folder) or '.'}/</code>"
        summary = _counted(named, [function for file in files for function in file.functions])
        is_first = files[0] is listed[0]
        yield folded(
            "folder", f"{summary}<span>, {counted(len(files), 'file')}</span>", made, is_open=is_first
        )


def _counted(named: str, functions: Sequence[JudgedFunction]) -> str:
    """``named``, which is markup, with the bands of its functions."""
    bands = [function.verdict.band for function in functions]
    counts = {band: bands.count(band) for band in Band}
    said = known_of(counts[Band.LLM], sum(counts.values()), len(bands))
    return f"{named} {stack(counts)}<span>{escape(said)}</span>"


def _file(file: JudgedFile, result: CheckResult, origin: Origin, *, is_open: bool) -> str:
    functions = file.functions
    boxes = [function for function in strongest(file) if file.key(function) in result.evidence]
    rest = [function for function in functions if file.key(function) not in result.evidence]
    shown = (_function(file, function, result.evidence[file.key(function)], origin) for function in boxes)
    body = [_whole(file), *shown]
    if rest:
        body.append(table(_COLUMNS, _rows(file, rest, origin)))
    return folded("box", _counted(f"<code>{html_line(file.shown)}</code>", functions), body, is_open=is_open)


def _whole(file: JudgedFile) -> str:
    whole = file.verdict
    if whole is None or whole.band is None:
        return ""
    named = f"The file as a whole, {counted(whole.functions, 'function')}"
    return f"<p>{named}: {verdict(whole.probability, whole.band)}</p>"


def _function(file: JudgedFile, function: JudgedFunction, lines: Sequence[HeatLine], origin: Origin) -> str:
    first, last = line_range(function)
    judged = function.verdict
    summary = (
        f"{verdict(judged.probability, judged.band)} <code>{html_line(function.span.qualified_name)}</code> "
        f"<span>lines {_lines_of(file, function, origin)}</span>"
    )
    said = " ".join(filter(None, [shares_sentence(judged), own_text(judged)]))
    return folded(
        "function", summary, [f"<p>{escape(said)}</p>", code_box(lines, last - first + 1 - len(lines))]
    )


def _rows(file: JudgedFile, functions: Sequence[JudgedFunction], origin: Origin) -> Iterator[list[str]]:
    # Nested functions are judged as part of those around them.
    for function in functions:
        judged = function.verdict
        yield [
            html_line(function.span.qualified_name),
            _lines_of(file, function, origin),
            escape(short_reason(judged.reason))
            if judged.band is None
            else verdict(judged.probability, judged.band),
        ]
