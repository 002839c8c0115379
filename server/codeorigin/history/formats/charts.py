"""Charts of a history as markup: shares over time, and a treemap of folders.

The page's style has their colours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from codeorigin.history.totals import Share
from codeorigin.history.wording import percents
from codeorigin.model.verdict import Band
from codeorigin.report.figures import counted
from codeorigin.report.functions import BAND_NAMES
from codeorigin.report.page import stack
from codeorigin.shell.terminal import printable

_MOST_PERIODS = 84
_MOST_FOLDERS = 48
_MOST_LABELS = 10
"""Names of periods in a wide window; a narrow one shows every second."""
_WIDTH, _HEIGHT = 1000.0, 420.0


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


def described(name: str, share: Share) -> str:
    """The text for a part of a chart."""
    bands = ", ".join(f"{text} {BAND_NAMES[band]}" for band, text in percents(share).items())
    return f"{name}: {counted(share.lines, 'line')} of {counted(share.commits, 'commit')}; {bands}"


def period_label(shown: Sequence[tuple[str, Share]], number: int) -> str:
    """The name of a period below its place in a chart; empty for most periods if there are many."""
    every = -(-len(shown) // _MOST_LABELS)
    if number % every:
        return ""
    kinds = "when minor" if number // every % 2 else "when"
    late = " late" if number + every / 2 > len(shown) else ""
    return f'<span class="{kinds}{late}">{escape(shown[number][0])}</span>'


def over_time(shown: Sequence[tuple[str, Share]]) -> str:
    """A chart of the lines per period, and below it of the share of each band."""
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
            f'<div title="{escape(described(name, share))}"><div class="volume">'
            f'<i style="height:{100 * share.lines / largest:.1f}%"></i></div>{stack(share.bands, "height")}{label}</div>'
        )
    return (
        '<div class="chart" role="img" aria-label="Shares of lines by verdict over time">'
        f'<div class="axis">{axis}</div><div class="periods">{"".join(parts)}</div></div>'
    )


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a treemap for the entry ``number``."""

    number: int
    x: float
    y: float
    width: float
    height: float


def squarified(sizes: Sequence[float], width: float, height: float) -> Iterator[Area]:
    """A treemap of positive ``sizes``, the largest first (Bruls, Huizing and van Wijk, 2000)."""
    scale = width * height / sum(sizes) if sizes else 0.0
    areas = [size * scale for size in sizes]
    x = y = 0.0
    start = 0
    while start < len(areas):
        side = min(width, height)
        stop = start + 1
        while stop < len(areas) and _worst(areas[start : stop + 1], side) <= _worst(areas[start:stop], side):
            stop += 1
        total = sum(areas[start:stop])
        thick = total / side if side > 0 else 0.0
        along = 0.0
        for number in range(start, stop):
            length = areas[number] / thick if thick > 0 else 0.0
            if width >= height:
                yield Area(number, x, y + along, thick, length)
            else:
                yield Area(number, x + along, y, length, thick)
            along += length
        if width >= height:
            x, width = x + thick, width - thick
        else:
            y, height = y + thick, height - thick
        start = stop


def _worst(areas: Sequence[float], side: float) -> float:
    """The worst aspect ratio of ``areas`` laid out in a row along ``side``."""
    total = sum(areas)
    return max(max(side**2 * area / total**2, total**2 / (side**2 * area)) for area in areas)


def treemap(folders: Mapping[str, Share], *, kinds: tuple[str, str] = ("folder", "folders")) -> str:
    """A treemap of folders by number of lines; the larger the share that is likely LLM, the stronger the colour.

    ``kinds`` is their name in singular and plural.
    """
    ordered = sorted(folders.items(), key=lambda item: (-item[1].lines, item[0]))
    shown = [(printable(name) or "(top)", share) for name, share in ordered if share.lines]
    if len(shown) > _MOST_FOLDERS:
        rest = Share()
        for _, share in shown[_MOST_FOLDERS:]:
            rest.include(share)
        others = len(shown) - _MOST_FOLDERS
        shown = [*shown[:_MOST_FOLDERS], (f"{others:,} other {kinds[others > 1]}", rest)]
        shown.sort(key=lambda item: -item[1].lines)
    parts = [f'<div class="map" role="img" aria-label="Lines that are likely LLM by {kinds[0]}">']
    for area in squarified([float(share.lines) for _, share in shown], _WIDTH, _HEIGHT):
        name, share = shown[area.number]
        around, _, leaf = name.rpartition("/")
        place = (
            f"left:{100 * area.x / _WIDTH:.2f}%;top:{100 * area.y / _HEIGHT:.2f}%;"
            f"width:{100 * area.width / _WIDTH:.2f}%;height:{100 * area.height / _HEIGHT:.2f}%"
        )
        parts.append(
            f'<div style="--share:{100 * share.share(Band.LLM):.0f}%;{place}" '
            f'title="{escape(described(name, share))}"><span><b>{escape(leaf)}</b> '
            f"{percents(share)[Band.LLM]}{f'<br>{escape(around)}' if around else ''}</span></div>"
        )
    return "".join(parts) + "</div>"
