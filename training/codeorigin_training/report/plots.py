"""Plots as inline SVG in the page's text colour, readable on dark and light backgrounds."""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from codeorigin_training.arrays import Floats

_INK = "#010203"
"""Placeholder for the page's text colour until the SVG is written."""

_COLOURS = ("#3b82c4", "#d9822b", "#3fa06a", "#a06cc8", "#c4504f", "#8a8a3c")
_DECLARATION = re.compile(r"^.*?(?=<svg)", re.DOTALL)
_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "codeorigin",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.prop_cycle": cycler(color=_COLOURS),
    **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), _INK),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "legend.fontsize": 8,
}

Points = tuple[Sequence[float], Sequence[float]]
"""Values on both axes."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A title, and an ``svg`` element whose ids are unique in it alone."""

    title: str
    svg: str

    def on_page(self, name: str) -> str:
        """The element, with ids that begin with ``name``, which is unique on the page."""
        return re.sub(r'(id="|url\(#|href="#)', lambda match: match.group() + name + "-", self.svg)


def picture(title: str, draw: Callable[[Axes], None]) -> Picture:
    """What ``draw`` draws, as a reproducible, transparent ``svg`` element whose text stays text."""
    written = io.StringIO()
    with mpl.rc_context(_SETTINGS):
        figure = Figure(figsize=(4.8, 3.6), layout="constrained")
        draw(figure.add_subplot())
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return Picture(title, _DECLARATION.sub("", written.getvalue()).replace(_INK, "currentColor").strip())


def lines(title: str, x_label: str, y_label: str, series: Mapping[str, Points]) -> Picture:
    """Lines through points."""

    def draw(axes: Axes) -> None:
        for name, (x, y) in series.items():
            axes.plot(x, y, marker=".", label=name)
        axes.grid(axis="y", color=_INK, alpha=0.12)
        axes.set(xlabel=x_label, ylabel=y_label)
        if len(series) > 1:
            axes.legend()

    return picture(title, draw)


def heat(title: str, rows: Sequence[str], x_label: str, values: Floats) -> Picture:
    """A cell for each of ``values`` ``(rows, columns)``; columns are numbered from 1."""

    def draw(axes: Axes) -> None:
        image = axes.pcolormesh(values, cmap="Blues")
        axes.invert_yaxis()
        axes.set_yticks(np.arange(len(rows)) + 0.5, list(rows))
        columns = values.shape[1]
        axes.set_xticks(np.arange(columns) + 0.5, [str(number + 1) for number in range(columns)])
        axes.set(xlabel=x_label)
        assert axes.figure is not None
        axes.figure.colorbar(image, ax=axes)

    return picture(title, draw)
