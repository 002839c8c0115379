"""HTML pages: their frame, self-contained and without scripts, and the parts that they share.

The parts return markup; texts are escaped here, unless a parameter is called markup.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from importlib import resources

import codeorigin
from codeorigin.model.verdict import Band
from codeorigin.report.figures import probability_decimal
from codeorigin.report.verdicts import BAND_NAMES
from codeorigin.text.literal_text import html_line

_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; style-src 'unsafe-inline'"
BANDS = (Band.LLM, Band.UNSURE, Band.HUMAN)
"""The order in which charts show the bands."""


def page(
    title: str,
    body: Iterable[str],
    model: str = "",
    *,
    version: str = codeorigin.__version__,
    heading: str | None = None,
) -> Iterator[str]:
    """Yield the lines of a page with ``title`` as its heading; only ``body`` and another ``heading`` are markup."""
    shown = html_line(title)
    style = resources.files("codeorigin.report").joinpath("style.css").read_text(encoding="utf-8")
    yield f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{shown}</title>\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
    yield f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{style}</style></head>\n'
    yield f"<body><main>{heading or f'<h1>{shown}</h1>'}\n"
    for line in body:
        yield f"{line}\n"
    by = f"CodeOrigin {version}, model {model}." if model else f"CodeOrigin {version}."
    yield f"</main><footer>{html_line(by)}</footer></body></html>\n"


def tiles(figures: Iterable[tuple[str, str, str]]) -> str:
    """Figures at a glance, each with what it counts and the name of its band, which may be empty.

    Those without a band come first. In a narrow window they have a row of their own.
    """
    counts: list[str] = []
    bands: list[str] = []
    for figure, what, band in figures:
        made = f'<div class="tile {band}"><b>{escape(figure)}</b><span>{escape(what)}</span></div>'
        (bands if band else counts).append(made)
    return f'<div class="tiles"><div>{"".join(counts)}</div><div>{"".join(bands)}</div></div>'


def legend() -> str:
    """The legend for the colours of bands."""
    made = "".join(f'<span><i class="{band.value}"></i>{BAND_NAMES[band]}</span>' for band in BANDS)
    return f'<p class="legend">{made}</p>'


def stack(counts: Mapping[Band, int], side: str = "width") -> str:
    """A bar with a part for each band; ``side`` is the direction in which it grows."""
    total = sum(counts.values())
    parts = "".join(
        f'<i class="{band.value}" style="{side}:{100 * counts[band] / total:.2f}%"></i>'
        for band in BANDS
        if counts.get(band)
    )
    return f'<div class="stack">{parts}</div>'


def table(header: Sequence[str], rows: Iterable[Iterable[str]]) -> str:
    """A table whose first column names its rows; ``header`` and ``rows`` are markup."""
    heads = "".join(f'<th scope="col">{heading}</th>' for heading in header)
    made = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return f'<div class="table"><table><thead><tr>{heads}</tr></thead><tbody>{made}</tbody></table></div>'


def _cells(row: Iterable[str]) -> str:
    first, *others = row
    return f'<th scope="row">{first}</th>' + "".join(f"<td>{other}</td>" for other in others)


def folded(kind: str, summary: str, body: Iterable[str], *, is_open: bool = False) -> str:
    """Markup that opens on a click, or with the keyboard, on ``summary``, which is markup as well."""
    return (
        f'<details class="{kind}"{" open" if is_open else ""}><summary>{summary}</summary>'
        f"{''.join(body)}</details>"
    )


def verdict(probability: float | None, band: Band | None) -> str:
    """The probability and the band, in its colour."""
    kind, name = ("none", "no verdict") if band is None else (band.value, BAND_NAMES[band])
    return f'<b class="{kind}">{escape(probability_decimal(probability))} {name}</b>'


def problems(texts: Sequence[tuple[str, str]], more: str = "") -> str:
    """A list of what could not be read and why, and the note that there are ``more``."""
    made = "".join(f"<li><code>{html_line(path)}</code>: {html_line(why)}</li>" for path, why in texts)
    return f"<ul>{made}</ul>{f'<p>{escape(more)}</p>' if more else ''}"
