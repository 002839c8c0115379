"""SVG charts of a history: shares over time, and a treemap of folders. Colors are CSS variables of the page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from codeorigin.cli.terminal import printable
from codeorigin.history.totals import Share
from codeorigin.model.verdict import Band
from codeorigin.wording.figures import counted
from codeorigin.wording.histories import percents

_MOST_PERIODS = 84
_MOST_FOLDERS = 48
_WIDTH = 1000.0
_LABEL = 60.0
"""Width reserved for the name of a period."""
_STACK = (Band.LLM, Band.UNSURE, Band.HUMAN)


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
        into = made[(_number(month) - start) // size][1]
        into.commits += share.commits
        into.functions += share.functions
        for band, lines in share.bands.items():
            into.bands[band] += lines
    return made


def _number(month: str) -> int:
    year, _, number = month.partition("-")
    return 12 * int(year) + int(number) - 1


def _label(number: int, size: int) -> str:
    year, month = divmod(number, 12)
    return {1: f"{year}-{month + 1:02}", 3: f"{year} Q{month // 3 + 1}"}.get(size, str(year))


def described(name: str, share: Share, unit: str = "commit") -> str:
    """The text for a part of a chart; ``unit`` is what was counted."""
    bands = ", ".join(f"{band} {text}" for band, text in percents(share).items())
    return f"{name}: {counted(share.lines, 'line')} of {counted(share.commits, unit)}; {bands}"


def over_time(shown: Sequence[tuple[str, Share]]) -> str:
    """A chart of the lines per period, and below it of the share of each band."""
    left, top, volume, gap, height = 44.0, 8.0, 60.0, 22.0, 170.0
    width = (_WIDTH - left) / len(shown)
    bar = max(1.0, width - min(3.0, 0.2 * width))
    largest = max(share.lines for _, share in shown) or 1
    base = top + volume + gap
    parts = [
        f'<svg viewBox="0 0 {_WIDTH:g} {base + height + 24:g}" role="img" aria-label="Share of code in bands over time">'
    ]
    parts.append(
        f'<text x="0" y="{top + 10:g}">{largest:,}</text><text x="0" y="{top + volume:g}">lines</text>'
    )
    for level in (0.0, 0.5, 1.0):
        y = base + height * (1 - level)
        parts.append(f'<line class="grid" x1="{left:g}" x2="{_WIDTH:g}" y1="{y:.1f}" y2="{y:.1f}"/>')
        parts.append(f'<text x="0" y="{y + 4:.1f}">{100 * level:.0f} %</text>')
    every = -(-len(shown) // 10)
    for number, (name, share) in enumerate(shown):
        x = left + number * width
        parts.append(f"<g><title>{escape(described(name, share))}</title>")
        tall = volume * share.lines / largest
        parts.append(_box(x, top + volume - tall, bar, tall, "volume"))
        y = base + height
        for band in reversed(_STACK) if share.lines else ():
            part = height * share.share(band)
            y -= part
            parts.append(_box(x, y, bar, part, band.value))
        parts.append("</g>")
        if number % every == 0:
            at = f'x="{x:.1f}"' if x + _LABEL <= _WIDTH else f'x="{_WIDTH:g}" text-anchor="end"'
            parts.append(f'<text {at} y="{base + height + 18:g}">{escape(name)}</text>')
    return "".join(parts) + "</svg>"


def _box(x: float, y: float, width: float, height: float, kind: str) -> str:
    if height <= 0:
        return ""
    return f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.2f}"/>'


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


def treemap(
    folders: Mapping[str, Share], *, kinds: tuple[str, str] = ("folder", "folders"), unit: str = "commit"
) -> str:
    """A treemap of folders by number of lines; the larger the share in band ``llm``, the stronger the color.

    ``kinds`` is their name in singular and plural; ``unit`` is what was counted.
    """
    ordered = sorted(folders.items(), key=lambda each: (-each[1].lines, each[0]))
    shown = [(printable(name) or "(top)", share) for name, share in ordered if share.lines]
    if len(shown) > _MOST_FOLDERS:
        rest = Share()
        for _, share in shown[_MOST_FOLDERS:]:
            rest.commits += share.commits
            rest.functions += share.functions
            for band, lines in share.bands.items():
                rest.bands[band] += lines
        others = len(shown) - _MOST_FOLDERS
        shown = [*shown[:_MOST_FOLDERS], (f"{others:,} other {kinds[others > 1]}", rest)]
        shown.sort(key=lambda each: -each[1].lines)
    height = 420.0
    parts = [
        f'<svg viewBox="0 0 {_WIDTH:g} {height:g}" role="img" aria-label="Share of code in band llm by {kinds[0]}">'
    ]
    for area in squarified([float(share.lines) for _, share in shown], _WIDTH, height):
        name, share = shown[area.number]
        strength = min(100.0, 200 * share.share(Band.LLM))
        fill = f"fill:color-mix(in oklab, var(--llm-under) {strength:.0f}%, var(--calm))"
        parts.append(f"<g><title>{escape(described(name, share, unit))}</title>")
        parts.append(
            f'<rect class="folder" style="{fill}" x="{area.x:.1f}" y="{area.y:.1f}" '
            f'width="{max(0.0, area.width):.1f}" height="{max(0.0, area.height):.1f}"/>'
        )
        parts += _label_of(area, name, percents(share)[Band.LLM.value])
        parts.append("</g>")
    return "".join(parts) + "</svg>"


def _label_of(area: Area, name: str, percent: str) -> Iterator[str]:
    letters = int((area.width - 12) / 7.5)
    if area.height < 18 or letters < 5:
        return
    short, share = _shortened(name, letters), f"{percent} llm"
    yield f'<text class="on" x="{area.x + 6:.1f}" y="{area.y + 15:.1f}">{escape(short)}</text>'
    if area.height >= 34 and len(share) <= letters:
        yield f'<text class="on" x="{area.x + 6:.1f}" y="{area.y + 30:.1f}">{share}</text>'


def _shortened(name: str, letters: int) -> str:
    """The end of a path in at most ``letters`` characters, starting at the name of a folder or file if possible."""
    if len(name) <= letters:
        return name
    end = name[-(letters - 1) :]
    cut = end.find("/")
    return "…" + (end[cut:] if 0 <= cut < len(end) - 1 else end)
