"""A history as a self-contained HTML page with charts, without scripts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from codeorigin.git.objects import Objects
from codeorigin.git.published import Published
from codeorigin.history.details import code_of
from codeorigin.history.formats import HistoryWriter
from codeorigin.history.formats.charts import described, over_time, periods, treemap
from codeorigin.history.open_history import History
from codeorigin.history.results import CommitResult, TouchedFunction
from codeorigin.history.totals import Share, Totals, date_of
from codeorigin.history.wording import LINES, NOT_BY_AUTHOR, declared_phrase, percents, totals_phrases
from codeorigin.model.verdict import Band
from codeorigin.report import CAVEAT
from codeorigin.report.code import HeatLine, code_box
from codeorigin.report.figures import counted
from codeorigin.report.functions import BAND_NAMES
from codeorigin.report.origin import Origin, report_page
from codeorigin.report.page import BANDS, folded, legend, stack, table, tiles, verdict
from codeorigin.report.shares import one_in
from codeorigin.shell.terminal import display_path, printable
from codeorigin.text.literal_text import html_line


class PageWriter(HistoryWriter):
    """Writes the page, with all names and code escaped."""

    def finish(self, totals: Totals) -> None:
        """Write the page."""
        origin = _origin(self.history)
        body = _body(self.history, totals, origin)
        self.stream.writelines(report_page("history", origin, body, self.history.model))


def _origin(history: History) -> Origin:
    published = Published.at(history.repository.remote() or "")
    name = history.name if published is None else printable(published.name)
    return Origin(name, commit=history.plan.head, published=published)


def _body(history: History, totals: Totals, origin: Origin) -> Iterator[str]:
    yield from opening(totals)
    yield f"<p>{escape(' '.join(totals_phrases(totals, history.plan.merges, history.plan.cut_off)))}</p>"
    if not totals.all.lines:
        yield "<p>No commit touches a function with a verdict.</p>"
    else:
        shown = periods(totals.months)
        yield "<h2>Over time</h2>"
        yield f'<p class="what">{escape(LINES)}</p>{legend()}<figure>{over_time(shown)}</figure>'
        yield folded("table", "as a table", [share_table("period", dict(shown))])
        yield "<h2>By folder</h2>"
        yield f"{area_legend()}<figure>{treemap(totals.folders)}</figure>"
        folders = dict(sorted(totals.folders.items()))
        yield folded("table", "as a table", [share_table("folder", folders)])
        yield f"<h2>By language</h2>{languages_of(totals)}"
    yield from _standing_out(history, totals, origin)


def opening(totals: Totals) -> Iterator[str]:
    """Yield what a page begins with: the caveat, the totals at a glance, and what commits declare."""
    yield f'<p class="notice"><strong>{escape(CAVEAT)}</strong> {escape(NOT_BY_AUTHOR)}</p>'
    shares = percents(totals.all)
    yield tiles(
        [
            (f"{totals.commits:,}", "commits", ""),
            (f"{totals.all.functions:,}", "functions", ""),
            (f"{totals.all.lines:,}", "lines judged", ""),
            *((shares[band], f"of lines {BAND_NAMES[band]}", band.value) for band in BANDS),
        ]
    )
    if (said := declared_phrase(totals)) is not None:
        yield f'<p class="declared">{escape(said)}</p>'


def area_legend() -> str:
    """The legend for the areas and colours of a treemap."""
    return (
        '<p class="what">Areas are lines; the colour and the figure are the share of them that is likely LLM.</p>'
        '<p class="scale"><span>0 %</span><i></i><span>100 %</span></p>'
    )


def share_table(title: str, rows: Mapping[str, Share]) -> str:
    """Shares as a table."""
    return table(
        [title, "commits", "functions", "lines", *BAND_NAMES.values()],
        (
            [
                html_line(name) or "(top)",
                *(f"{figure:,}" for figure in (share.commits, share.functions, share.lines)),
                *percents(share).values(),
            ]
            for name, share in rows.items()
        ),
    )


def languages_of(totals: Totals) -> str:
    """A bar for each language."""
    ordered = sorted(totals.languages.items(), key=lambda item: (-item[1].lines, item[0]))
    bars = "".join(
        f"<span>{escape(name)}</span>"
        f'<div title="{escape(described(name, share))}">{stack(share.bands)}</div>'
        f'<span class="number">{counted(share.lines, "line")}</span>'
        for name, share in ordered
    )
    return f'<div class="bars">{bars}</div>'


def _standing_out(history: History, totals: Totals, origin: Origin) -> Iterator[str]:
    best = totals.standing_out()
    if not best:
        return
    found = totals.commit_bands[Band.LLM]
    yield f"<h2>Commits that are likely LLM: {found:,} of {totals.judged:,}</h2>"
    strongest = "" if len(best) == found else f" These are the {len(best):,} with the highest probability."
    yield (
        f'<p class="what">Of those that wrote enough functions for a verdict of their own.{strongest} Each opens its '
        "functions; the figure beside a line is its evidence: + towards an LLM, - towards a person.</p>"
    )
    with Objects(history.repository.git) as objects:
        for result in best:
            shown = (
                _function(one, code_of(one, objects, history.analyzer), result, origin)
                for one in result.shown
            )
            yield _commit(result, shown, origin)


def _said(result: CommitResult) -> list[str]:
    said = [f"{counted(result.written, 'function')} written, {counted(result.lines, 'line')}"]
    if result.human_share is not None:
        said.append(f"{one_in(result.human_share)} human-written commits score this high")
    if result.moved:
        said.append(f"{result.moved:,} moved")
    if result.declared:
        said.append(f"says so itself: {', '.join(result.declared)}")
    return said


def _commit(result: CommitResult, functions: Iterable[str], origin: Origin) -> str:
    summary = (
        f"{verdict(result.probability, result.band)} commit {origin.commit_name(result.commit)} of "
        f"<time>{date_of(result.seconds)[:10]}</time> "
        f"<span>{escape('; '.join(_said(result)))}</span>"
    )
    left = result.functions - len(result.shown)
    more = f"<p>And {counted(left, 'more function')}.</p>" if left else ""
    return folded("box commit", summary, [*functions, more])


def _function(
    function: TouchedFunction, lines: Sequence[HeatLine], result: CommitResult, origin: Origin
) -> str:
    shown = html_line(f"{display_path(function.path)}:{function.first}-{function.last}")
    place = origin.lines_at(shown, result.commit, function.path, function.first, function.last)
    how = "written by this commit" if function.written else "touched by this commit"
    summary = (
        f"{verdict(function.probability, function.band)} <code>{html_line(function.name)}</code> "
        f"<span>{place}; {how}</span>"
    )
    left = function.last - function.first + 1 - len(lines)
    return folded("function", summary, [code_box(lines, left)] if lines else [])
