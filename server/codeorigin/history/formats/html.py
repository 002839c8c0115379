"""A history as a self-contained HTML page with charts, without scripts."""

import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import TYPE_CHECKING

from codeorigin.cli.page import page
from codeorigin.cli.terminal import display_path, with_spaces
from codeorigin.history.formats.charts import described, over_time, periods, treemap
from codeorigin.history.formats.style import STYLE
from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.results import CommitDetails, DetailedFunction, HeatLine
from codeorigin.history.totals import Share, Totals, date_of
from codeorigin.model.verdict import Band
from codeorigin.text.literal_text import html_line
from codeorigin.wording import CAVEAT
from codeorigin.wording.figures import counted, probability_decimal
from codeorigin.wording.histories import LINES, NOT_BY_AUTHOR, declared_phrase, percents, totals_phrases
from codeorigin.wording.shares import one_in

if TYPE_CHECKING:
    from codeorigin.history.history_run import HistoryRun

# Takes every run of characters that an address can begin with, and nothing twice: the time is linear in the text.
_ADDRESS = re.compile(r"[\w.+-]++(@[\w-]++(?:\.[\w-]++)++)?")
_STRONGEST = 0.6
"""Evidence of a line, in logits, that is shown with full color."""


class PageWriter(HistoryWriter):
    """Writes the page, with all names and code escaped."""

    def finish(self, totals: Totals) -> None:
        """Write the page."""
        title = f"CodeOrigin history of {self.run.name}"
        self.stream.writelines(page(title, STYLE, _body(self.run, totals), self.run.model))


def _body(run: "HistoryRun", totals: Totals) -> Iterator[str]:
    plan = run.plan
    yield f'<p class="notice"><strong>{escape(CAVEAT)}</strong> {escape(NOT_BY_AUTHOR)}</p>'
    yield from _tiles(totals)
    sums = " ".join(
        each for each in totals_phrases(totals, plan.merges, plan.cut_off, plan.unreadable) if each
    )
    yield f"<p>{escape(sums)}</p>"
    if not totals.all.lines:
        yield "<p>No commit touches a function with a verdict.</p>"
    else:
        shown = periods(totals.months)
        yield "<h2>Over time</h2>"
        yield f'<p class="what">{escape(LINES)}</p>{legend()}<figure>{over_time(shown)}</figure>'
        yield f"<details><summary>as a table</summary>{share_table('period', dict(shown))}</details>"
        yield "<h2>By folder</h2>"
        yield '<p class="what">Areas are lines; the colour is the share of them in the band llm.</p>'
        yield '<p class="scale"><span>0 %</span><i></i><span>50 % and more</span></p>'
        yield f"<figure>{treemap(totals.folders)}</figure>"
        folders = dict(sorted(totals.folders.items()))
        yield f"<details><summary>as a table</summary>{share_table('folder', folders)}</details>"
        yield f"<h2>By language</h2>{''.join(languages_of(totals))}"
    yield from _standing_out(run, totals)


def _tiles(totals: Totals) -> Iterator[str]:
    yield '<div class="tiles">'
    figures = [(f"{totals.commits:,}", "commits", ""), (f"{totals.all.functions:,}", "functions touched", "")]
    figures.append((f"{totals.all.lines:,}", "lines judged", ""))
    names = {Band.HUMAN: "of lines human", Band.UNSURE: "of lines unsure", Band.LLM: "of lines llm"}
    figures += [(percents(totals.all)[band.value], name, band.value) for band, name in names.items()]
    for figure, name, kind in figures:
        yield f'<div class="tile {kind}"><b>{figure}</b><span>{name}</span></div>'
    yield "</div>"
    if (said := declared_phrase(totals)) is not None:
        yield f'<p class="declared">{escape(said)}</p>'


def legend() -> str:
    """The legend for the colors of bands."""
    return (
        '<p class="legend">'
        + "".join(
            f'<span><i class="{band.value}"></i>{band.value}</span>'
            for band in (Band.LLM, Band.UNSURE, Band.HUMAN)
        )
        + "</p>"
    )


def share_table(title: str, rows: Mapping[str, Share], files: bool = False) -> str:
    """Shares as a table; with ``files``, they count files instead of commits."""
    columns = ("files" if files else "commits", "functions", "lines", *map(str, Band))
    heads = "".join(f'<th class="number">{name}</th>' for name in columns)
    made = [f"<table><thead><tr><th>{title}</th>{heads}</tr></thead><tbody>"]
    for name, share in rows.items():
        figures = [
            f"{share.commits:,}",
            f"{share.functions:,}",
            f"{share.lines:,}",
            *percents(share).values(),
        ]
        cells = "".join(f'<td class="number">{figure}</td>' for figure in figures)
        made.append(f"<tr><td>{html_line(name) or '(top)'}</td>{cells}</tr>")
    return "".join(made) + "</tbody></table>"


def languages_of(totals: Totals, unit: str = "commit") -> Iterator[str]:
    """Yield a bar for each language; ``unit`` is what was counted."""
    ordered = sorted(totals.languages.items(), key=lambda each: (-each[1].lines, each[0]))
    for name, share in ordered:
        parts = "".join(
            f'<i class="{band.value}" style="width:{100 * share.share(band):.2f}%"></i>'
            for band in (Band.LLM, Band.UNSURE, Band.HUMAN)
            if share.bands[band]
        )
        words = escape(described(name, share, unit))
        yield (
            f'<div class="language" title="{words}"><span>{escape(name)}</span><div class="stack">{parts}</div>'
            f'<span class="number">{counted(share.lines, "line")}</span></div>'
        )


def _standing_out(run: "HistoryRun", totals: Totals) -> Iterator[str]:
    yield "<h2>Commits that stand out</h2>"
    best = totals.standing_out()
    if not best:
        yield "<p>No commit with a verdict of its own is in the band llm or unsure.</p>"
        return
    yield (
        f'<p class="what">The {len(best):,} with the highest probability of {totals.judged:,} that wrote enough '
        "functions for a verdict. Each opens its functions; the colour of a line is its evidence, towards an LLM or "
        "towards a person.</p>"
    )
    for details in run.details(best, with_lines=True):
        yield from _commit(details)


def _commit(details: CommitDetails) -> Iterator[str]:
    result = details.result
    band = result.band.value if result.band is not None else "none"
    said = [counted(result.written, "function") + " written", f"{counted(result.lines, 'line')}"]
    if result.human_share is not None:
        said.append(f"{one_in(result.human_share)} human-written commits score this high")
    if result.declared:
        said.append(f"says so itself: {', '.join(result.declared)}")
    yield (
        f'<details class="commit"><summary><code>{result.commit[:10]}</code> '
        f"<time>{date_of(result.seconds)[:10]}</time> "
        f'<b class="{band}">{probability_decimal(result.probability)} {band}</b> '
        f"<span>{escape('; '.join(said))}</span></summary>"
    )
    for function in details.functions:
        yield from _function(function)
    if details.more:
        yield f"<p>And {counted(details.more, 'more function')}.</p>"
    yield "</details>"


def _function(function: DetailedFunction) -> Iterator[str]:
    verdict = function.verdict
    band = verdict.band.value if verdict.band is not None else "none"
    name = f"{display_path(function.path)}:{function.first}-{function.last}"
    how = "written by this commit" if function.written else "touched by this commit"
    yield (
        f'<details class="function"><summary><b class="{band}">{probability_decimal(verdict.probability)} {band}</b> '
        f"<code>{html_line(function.name)}</code> <span>{html_line(name)}; {how}</span></summary>"
    )
    if function.lines:
        # Lines are block elements, so a newline between them would be displayed as well.
        lines = "".join(map(_line, function.lines))
        left = function.last - function.first + 1 - len(function.lines)
        yield f"<pre>{lines}</pre>{f'<p>{left:,} more lines.</p>' if left > 0 else ''}"
    yield "</details>"


def _line(line: HeatLine) -> str:
    strength = round(70 * min(1.0, abs(line.value) / _STRONGEST))
    colour = "llm" if line.value > 0 else "human"
    style = (
        f' style="background:color-mix(in oklab, var(--{colour}-under) {strength}%, transparent)"'
        if strength
        else ""
    )
    sign = "+" if line.changed else " "
    code = html_line(with_spaces(_without_addresses(line.text)))
    return f'<span class="line"{style} title="{line.value:+.2f}"><i>{sign}{line.number:>5}</i> {code}</span>'


def _without_addresses(text: str) -> str:
    return _ADDRESS.sub(lambda found: "…" if found[1] else found[0], text)
