"""A history as a self-contained HTML page with charts, without scripts. The page's style has their colours."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from codeorigin.git.published import Published
from codeorigin.history.formats import HistoryWriter
from codeorigin.history.open_history import History
from codeorigin.history.results import (
    NOT_BY_AUTHOR,
    CommitResult,
    Share,
    Totals,
    TouchedFunction,
    date_of,
    declared_phrase,
    totals_phrases,
)
from codeorigin.languages import get_language
from codeorigin.model.verdict import Band
from codeorigin.report import CAVEAT
from codeorigin.report.figures import counted
from codeorigin.report.origin import Origin, report_page
from codeorigin.report.page import BANDS, folded, legend, stack, table, tiles, verdict
from codeorigin.report.shares import one_in
from codeorigin.report.verdicts import BAND_NAMES, LIKELY_LLM
from codeorigin.shell.terminal import display_path, printable
from codeorigin.text.literal_text import html_line

LINES = (
    "Lines are those that commits added or rewrote in functions with a verdict, blank ones left out, each with the "
    "verdict of its function as it stood after the commit."
)
_TOP = "(top)"
"""The name of the folder without one."""
_MOST_PERIODS = 84
_MOST_BARS = 40
_MOST_LABELS = 10
"""Names of periods in a wide window; a narrow one shows every second."""


class PageWriter(HistoryWriter):
    """Writes the page, with all names escaped."""

    def finish(self, totals: Totals) -> None:
        """Write the page."""
        history = self.history
        published = Published.at(history.repository.remote() or "")
        name = history.name if published is None else printable(published.name)
        origin = Origin(name, commit=history.plan.head, published=published)
        body = _body(history, totals, origin)
        self.stream.writelines(report_page("history", origin, body, history.job.model_id))


def _body(history: History, totals: Totals, origin: Origin) -> Iterator[str]:
    yield from overview(totals)
    yield f"<p>{escape(' '.join(totals_phrases(totals, history.plan.merges, history.plan.cut_off)))}</p>"
    if not totals.all.lines:
        yield "<p>No commit touches a function with a verdict.</p>"
    else:
        yield f'<h2>Over time</h2><p class="what">{escape(LINES)}</p>'
        yield from over_time(totals)
        folders = most_lines_first(totals.folders)
        yield f"<h2>By folder</h2>{bars(folders)}"
        yield folded("table", "as a table", [share_table("folder", folders)])
        yield by_language(totals)
    yield from _standing_out(totals, origin)


def overview(totals: Totals) -> Iterator[str]:
    """Yield what a page begins with: the caveat, the totals at a glance, and what commits declare."""
    yield f'<p class="notice"><strong>{escape(CAVEAT)}</strong> {escape(NOT_BY_AUTHOR)}</p>'
    shares = totals.all.percents()
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


def over_time(totals: Totals) -> Iterator[str]:
    """Yield a chart of the lines per period, and below it of the share of each band, and both as a table."""
    shown = periods(totals.months)
    yield f"{legend()}<figure>{_chart(shown)}</figure>"
    yield folded("table", "as a table", [share_table("period", dict(shown))])


def periods(months: Mapping[str, Share]) -> list[tuple[str, Share]]:
    """The months from the first to the last without gaps, or longer periods if there would be too many months."""
    if not months:
        return []
    first, last = (_number(month) for month in (min(months), max(months)))
    sizes = (size for size in (1, 3, 12, 120) if (last - first) // size < _MOST_PERIODS)
    # A commit may claim any year.
    size = next(sizes, 12_000)
    start = first // size * size
    made = [(_label(number, size), Share()) for number in range(start, last + 1, size)]
    for month, share in months.items():
        made[(_number(month) - start) // size][1].include(share)
    return made


def _number(month: str) -> int:
    year, _, number = month.partition("-")
    return 12 * int(year) + int(number) - 1


def _label(number: int, size: int) -> str:
    year, month = divmod(number, 12)
    return {1: f"{year}-{month + 1:02}", 3: f"{year} Q{month // 3 + 1}"}.get(size, str(year))


def _chart(shown: Sequence[tuple[str, Share]]) -> str:
    largest = max(share.lines for _, share in shown) or 1
    axis = "".join(
        f'<span style="top:{top}px">{text}</span>'
        for top, text in (
            (0, f"{largest:,}"),
            (14, "lines"),
            (48, "0"),
            (80, "100 %"),
            (159, "50 %"),
            (239, "0 %"),
        )
    )
    parts = []
    for number, (name, share) in enumerate(shown):
        label = period_label(shown, number)
        parts.append(
            f'<div title="{escape(_described(name, share))}"><div class="volume">'
            f'<i style="height:{100 * share.lines / largest:.1f}%"></i></div>{stack(share.bands, "height")}{label}</div>'
        )
    return (
        '<div class="chart" role="img" aria-label="Shares of lines by verdict over time">'
        f'<div class="axis">{axis}</div><div class="periods">{"".join(parts)}</div></div>'
    )


def period_label(shown: Sequence[tuple[str, Share]], number: int) -> str:
    """The name of a period below its place in a chart; empty for most periods if there are many."""
    every = -(-len(shown) // _MOST_LABELS)
    if number % every:
        return ""
    # A late label ends below its place, where another may begin in a narrow window.
    is_late = number + every / 2 > len(shown)
    kinds = f"when{' minor' if is_late or number // every % 2 else ''}{' late' if is_late else ''}"
    return f'<span class="{kinds}">{escape(shown[number][0])}</span>'


def _described(name: str, share: Share) -> str:
    if not share.lines:
        return f"{name}: no lines"
    shares = ", ".join(f"{text} {BAND_NAMES[band]}" for band, text in share.percents().items())
    return f"{name}: {counted(share.lines, 'line')} of {counted(share.commits, 'commit')}; {shares}"


def most_lines_first(shares: Mapping[str, Share]) -> dict[str, Share]:
    """The order of bars and of their table."""
    return dict(sorted(shares.items(), key=lambda item: (-item[1].lines, item[0])))


def bars(shares: Mapping[str, Share], titles: Mapping[str, str] | None = None) -> str:
    """A bar for each of ``shares`` with lines, in their order; the last of many are left out and counted.

    ``titles`` has the whole of names that are shortened.
    """
    shown = [(name, share) for name, share in shares.items() if share.lines]
    made = "".join(
        f"<span>{_named(name, titles)}</span>"
        f'<div title="{html_line(_described(name or _TOP, share))}">{stack(share.bands)}</div>'
        f'<span class="number">{share.percents()[Band.LLM]} of {counted(share.lines, "line")} {LIKELY_LLM}</span>'
        for name, share in shown[:_MOST_BARS]
    )
    left = len(shown) - _MOST_BARS
    return f'<div class="bars">{made}</div>' + (f"<p>And {left:,} with fewer lines.</p>" if left > 0 else "")


def _named(name: str, titles: Mapping[str, str] | None) -> str:
    whole = html_line((titles or {}).get(name, ""))
    shown = html_line(name or _TOP)
    return f'<span title="{whole}">{shown}</span>' if whole else shown


def by_language(totals: Totals) -> str:
    """A bar for each language, under its name."""
    named = {get_language(language).name: share for language, share in totals.languages.items()}
    return f"<h2>By language</h2>{bars(most_lines_first(named))}"


def share_table(title: str, rows: Mapping[str, Share], titles: Mapping[str, str] | None = None) -> str:
    """Shares as a table; ``titles`` as for :func:`bars`."""
    return table(
        [title, "commits with lines", "functions", "lines", *(BAND_NAMES[band] for band in BANDS)],
        (
            [
                _named(name, titles),
                *(f"{figure:,}" for figure in (share.commits, share.functions, share.lines)),
                *(share.percents()[band] for band in BANDS),
            ]
            for name, share in rows.items()
        ),
    )


def _standing_out(totals: Totals, origin: Origin) -> Iterator[str]:
    best = totals.standing_out()
    if not best:
        return
    found = totals.commit_bands[Band.LLM]
    yield f"<h2>Commits that are {LIKELY_LLM}: {found:,} of {totals.judged:,}</h2>"
    strongest = "" if len(best) == found else f" These are the {len(best):,} with the highest probability."
    yield (
        f'<p class="what">Of those that wrote enough functions for a verdict of their own.{strongest} Each opens its '
        "functions; <code>codeorigin check --commit COMMIT --format html</code> shows their code with its evidence.</p>"
    )
    for result in best:
        yield _commit(result, origin)


def _commit(result: CommitResult, origin: Origin) -> str:
    said = [f"{counted(result.written, 'function')} written, {counted(result.lines, 'line')}"]
    if result.human_share is not None:
        said.append(f"{one_in(result.human_share)} human-written commits score this high")
    if result.moved:
        said.append(f"{result.moved:,} moved")
    if result.declared:
        said.append(f"says so itself: {', '.join(result.declared)}")
    summary = (
        f"{verdict(result.probability, result.band)} commit {origin.commit_name(result.commit)} of "
        f"<time>{date_of(result.seconds)[:10]}</time>: <span>{escape('; '.join(said))}</span>"
    )
    left = result.functions - len(result.shown)
    more = f"<p>And {counted(left, 'more function')}.</p>" if left else ""
    functions = (_function(function, result.commit, origin) for function in result.shown)
    return folded("box commit", summary, ["<ul>", *functions, "</ul>", more])


def _function(function: TouchedFunction, commit: str, origin: Origin) -> str:
    shown = html_line(f"{display_path(function.path)}:{function.first}-{function.last}")
    place = origin.lines_at(shown, commit, function.path, function.first, function.last)
    how = "written by this commit" if function.written else "touched by this commit"
    return (
        f"<li>{verdict(function.probability, function.band)} <code>{html_line(function.name)}</code> "
        f"<span>{place}; {how}</span></li>"
    )
