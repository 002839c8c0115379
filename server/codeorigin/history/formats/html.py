"""A history as a self-contained HTML page with charts, without scripts."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from codeorigin.history.formats.charts import (
    declared_chart,
    declared_table,
    described,
    over_time,
    periods,
    treemap,
)
from codeorigin.history.formats.writer import HistoryWriter
from codeorigin.history.history_run import HistoryRun
from codeorigin.history.results import CommitDetails, CommitResult, DetailedFunction
from codeorigin.history.totals import Share, Totals, date_of
from codeorigin.history.wording import (
    DISAGREE,
    LINES,
    NOT_BY_AUTHOR,
    declared_lines_phrase,
    declared_phrase,
    percents,
    totals_phrases,
)
from codeorigin.model.verdict import Band
from codeorigin.report import CAVEAT
from codeorigin.report.code import code_box
from codeorigin.report.declared import disagreement_sentence
from codeorigin.report.figures import counted
from codeorigin.report.frame import page
from codeorigin.report.parts import BANDS, folded, legend, stack, table, tiles, verdict
from codeorigin.report.shares import one_in
from codeorigin.shell.terminal import display_path
from codeorigin.text.literal_text import html_line


class PageWriter(HistoryWriter):
    """Writes the page, with all names and code escaped."""

    def finish(self, totals: Totals) -> None:
        """Write the page."""
        title = f"CodeOrigin history of {self.run.name}"
        self.stream.writelines(page(title, _body(self.run, totals), self.run.model))


def _body(run: HistoryRun, totals: Totals) -> Iterator[str]:
    plan = run.plan
    yield from opening(totals)
    sums = " ".join(
        totals_phrase for totals_phrase in totals_phrases(totals, plan.merges, plan.cut_off) if totals_phrase
    )
    yield f"<p>{escape(sums)}</p>"
    if not totals.all.lines:
        yield "<p>No commit touches a function with a verdict.</p>"
    else:
        shown = periods(totals.months)
        yield "<h2>Over time</h2>"
        yield f'<p class="what">{escape(LINES)}</p>{legend()}<figure>{over_time(shown)}</figure>'
        yield folded("table", "as a table", [share_table("period", dict(shown))])
        yield from _declared(totals, shown)
        yield "<h2>By folder</h2>"
        yield f"{area_legend()}<figure>{treemap(totals.folders)}</figure>"
        folders = dict(sorted(totals.folders.items()))
        yield folded("table", "as a table", [share_table("folder", folders)])
        yield f"<h2>By language</h2>{languages_of(totals)}"
    yield from _disagreements(run, totals)
    yield from _standing_out(run, totals)


def _declared(totals: Totals, shown: Sequence[tuple[str, Share]]) -> Iterator[str]:
    said = declared_lines_phrase(totals.all)
    if said is not None:
        yield f'<h2>Declared, and estimated</h2><p class="what">{escape(said)}</p>{declared_chart(shown)}'
        yield folded("table", "as a table", [declared_table("period", dict(shown))])


def opening(totals: Totals, unit: str = "commit") -> Iterator[str]:
    """Yield what a page begins with: the caveat, the totals at a glance, and what commits declare."""
    yield f'<p class="notice"><strong>{escape(CAVEAT)}</strong> {escape(NOT_BY_AUTHOR)}</p>'
    shares = percents(totals.all)
    yield tiles(
        [
            (f"{totals.all.commits if unit == 'file' else totals.commits:,}", f"{unit}s", ""),
            (f"{totals.all.functions:,}", "functions", ""),
            (f"{totals.all.lines:,}", "lines judged", ""),
            *((shares[band.value], f"of lines {band}", band.value) for band in BANDS),
        ]
    )
    if (said := declared_phrase(totals)) is not None:
        yield f'<p class="declared">{escape(said)}</p>'


def area_legend() -> str:
    """The legend for the areas and colours of a treemap."""
    return (
        '<p class="what">Areas are lines; the colour is the share of them in the band llm.</p>'
        '<p class="scale"><span>0 %</span><i></i><span>100 %</span></p>'
    )


def share_table(title: str, rows: Mapping[str, Share], unit: str = "commit") -> str:
    """Shares as a table; ``unit`` is what was counted."""
    return table(
        [title, f"{unit}s", "functions", "lines", *map(str, Band)],
        (
            [
                html_line(name) or "(top)",
                *(f"{figure:,}" for figure in (share.commits, share.functions, share.lines)),
                *percents(share).values(),
            ]
            for name, share in rows.items()
        ),
    )


def languages_of(totals: Totals, unit: str = "commit") -> str:
    """A bar for each language; ``unit`` is what was counted."""
    ordered = sorted(totals.languages.items(), key=lambda item: (-item[1].lines, item[0]))
    bars = "".join(
        f"<span>{escape(name)}</span>"
        f'<div title="{escape(described(name, share, unit))}">{stack(share.bands)}</div>'
        f'<span class="number">{counted(share.lines, "line")}</span>'
        for name, share in ordered
    )
    return f'<div class="bars">{bars}</div>'


def _standing_out(run: HistoryRun, totals: Totals) -> Iterator[str]:
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
        yield _commit(details, _said(details.result))


def _disagreements(run: HistoryRun, totals: Totals) -> Iterator[str]:
    for number, (kind, commits) in enumerate(run.disagreements(totals)):
        if not number:
            yield f'<h2>Where records and estimates disagree</h2><p class="what">{escape(DISAGREE)}</p>'
        yield f"<h3>{escape(disagreement_sentence(kind, totals.disagree[kind]))}</h3>"
        for details in commits:
            count = len(details.functions) + details.more
            yield _commit(details, [counted(count, "function")])


def _said(result: CommitResult) -> list[str]:
    said = [counted(result.written, "function") + " written", f"{counted(result.lines, 'line')}"]
    if result.human_share is not None:
        said.append(f"{one_in(result.human_share)} human-written commits score this high")
    if result.moved:
        said.append(f"{result.moved:,} moved")
    if result.declared:
        said.append(f"says so itself: {', '.join(result.declared)}")
    return said


def _commit(details: CommitDetails, said: list[str]) -> str:
    result = details.result
    summary = (
        f"<code>{result.commit[:10]}</code> <time>{date_of(result.seconds)[:10]}</time> "
        f"{'' if result.band is None else verdict(result.probability, result.band)} "
        f"<span>{escape('; '.join(said))}</span>"
    )
    functions = map(_function, details.functions)
    more = f"<p>And {counted(details.more, 'more function')}.</p>" if details.more else ""
    return folded("box commit", summary, [*functions, more])


def _function(function: DetailedFunction) -> str:
    place = f"{display_path(function.path)}:{function.first}-{function.last}"
    how = "written by this commit" if function.written else "touched by this commit"
    summary = (
        f"{verdict(function.verdict.probability, function.verdict.band)} <code>{html_line(function.name)}</code> "
        f"<span>{html_line(place)}; {how}</span>"
    )
    left = function.last - function.first + 1 - len(function.lines)
    return folded("function", summary, [code_box(function.lines, left)] if function.lines else [])
