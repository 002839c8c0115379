"""Charts as plain values, and as inline SVG in the page's text colour, readable on dark and light backgrounds."""

import io
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, MaxNLocator, NullLocator

_INK = "#010203"
"""Placeholder for the page's text colour until the SVG is written."""

_COLOURS = ("#3b82c4", "#d9822b", "#3fa06a", "#a06cc8", "#c4504f", "#8a8a3c")
_DECLARATION = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_WIDE = 12


class ChartKind(StrEnum):
    """How the series are drawn; ``ROWS`` has a labelled row for each whole number of the vertical axis, from the top."""

    LINE = "line"
    BARS = "bars"
    HEAT = "heat"
    ROWS = "rows"


@dataclass(frozen=True, slots=True)
class Series:
    """A named series of points ``(x, y)``; ``low`` and ``high`` bound each ``y`` (in rows: each ``x``) or are empty."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart; ``logarithmic`` is about its horizontal axis.

    ``ticks`` label the whole numbers of the horizontal axis, or the rows of ``ROWS``; a ``HEAT`` chart has a series for
    each row from the top.
    """

    title: str
    kind: ChartKind
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    ticks: tuple[str, ...] = ()
    logarithmic: bool = False


def chart_svg(chart: Chart, name: str) -> str:
    """``chart`` as a reproducible, transparent ``svg`` element whose text stays text; ``name`` is unique on the page."""
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "font.family": "sans-serif",
        "font.size": 9,
    }
    rows = chart.kind is ChartKind.ROWS
    wide = len(chart.ticks) > _WIDE or rows
    with mpl.rc_context(settings):
        size = (7.5 if wide else 4.8, 0.9 + 0.25 * len(chart.ticks) if rows else 3.6)
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        _draw(axes, chart)
        axes.patch.set_alpha(0.0)
        axes.tick_params(colors=_INK)
        axes.set(xlabel=chart.x_label, ylabel=chart.y_label)
        axes.xaxis.label.set_color(_INK)
        axes.yaxis.label.set_color(_INK)
        for side, spine in axes.spines.items():
            spine.set_color(_INK)
            spine.set_visible(side in ("left", "bottom"))
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = _DECLARATION.sub("", written.getvalue())
    # Ids must differ from those of the other charts on the page.
    text = re.sub(r'(id="|url\(#|href="#)', lambda match: match.group() + name + "-", text)
    return text.replace(_INK, "currentColor").strip()


def _draw(axes: Axes, chart: Chart) -> None:
    if chart.kind is ChartKind.HEAT:
        _heat(axes, chart)
    else:
        for number in range(len(chart.series)):
            _draw_series(axes, chart, number)
        axes.grid(axis="x" if chart.kind is ChartKind.ROWS else "y", color=_INK, alpha=0.12)
        axes.set_axisbelow(True)
        if len(chart.series) > 1:
            # Beside many rows, a legend would hide points.
            where: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0)}
            beside = where if chart.kind is ChartKind.ROWS else {}
            axes.legend(frameon=False, labelcolor=_INK, fontsize=8, **beside)
    if chart.kind is ChartKind.ROWS:
        axes.set_yticks(np.arange(len(chart.ticks)), list(chart.ticks))
        axes.invert_yaxis()
    elif chart.ticks:
        turned = 60 if max(map(len, chart.ticks)) > 3 else 0
        middle = 0.5 if chart.kind is ChartKind.HEAT else 0.0
        axes.set_xticks(np.arange(len(chart.ticks)) + middle, list(chart.ticks), rotation=turned)
    elif chart.logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    elif all(value.is_integer() for series in chart.series for value in series.x):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_series(axes: Axes, chart: Chart, number: int) -> None:
    series, colour = chart.series[number], _COLOURS[number % len(_COLOURS)]
    x, y = np.array(series.x), np.array(series.y)
    if chart.kind is ChartKind.BARS:
        width = 0.8 / len(chart.series)
        x = x + (number - (len(chart.series) - 1) / 2) * width
        axes.bar(x, y, width=width, color=colour, label=series.name)
    elif chart.kind is ChartKind.ROWS:
        axes.scatter(x, y, s=18, color=colour, label=series.name)
    else:
        axes.plot(x, y, color=colour, marker=".", label=series.name)
    if series.low and chart.kind is ChartKind.ROWS:
        axes.hlines(y, series.low, series.high, color=_INK, linewidth=1)
    elif series.low:
        axes.vlines(x, series.low, series.high, color=_INK, linewidth=1)


def _heat(axes: Axes, chart: Chart) -> None:
    image = axes.pcolormesh(np.array([series.y for series in chart.series]), cmap="Blues")
    axes.invert_yaxis()
    axes.set_yticks(np.arange(len(chart.series)) + 0.5, [series.name for series in chart.series])
    assert axes.figure is not None
    axes.figure.colorbar(image, ax=axes).ax.tick_params(colors=_INK)
