"""The report's plots as inline SVG in the page's text colour, readable on dark and light backgrounds."""

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from codeorigin_training.report.contents import (
    Breakdown,
    Faithfulness,
    HeldOut,
    LearningPoint,
    MatrixRow,
    RemovalFaithfulness,
)
from codeorigin_training.report.names import METHODS, PERTURBED, SHORT

INK = "#010203"
"""Placeholder for the page's text colour until the SVG is written."""

COLOURS = ("#3b82c4", "#d9822b", "#3fa06a", "#a06cc8", "#c4504f", "#8a8a3c")
_DECLARATION = re.compile(r"^.*?(?=<svg)", re.DOTALL)


def loss_plot(rows: Sequence[MatrixRow]) -> str:
    """AUROC lost by every kind of code under every perturbation."""

    def draw(axes: Axes) -> None:
        places = range(len(rows), 0, -1)
        names = list(dict.fromkeys(each.perturbation for row in rows for each in row.perturbed))
        for number, name in enumerate(names):
            found = [
                (each.loss.value, place)
                for place, row in zip(places, rows, strict=True)
                for each in row.perturbed
                if each.perturbation == name and each.loss.value is not None
            ]
            axes.scatter(
                [value for value, _ in found],
                [place for _, place in found],
                s=16,
                color=COLOURS[number % len(COLOURS)],
                label=PERTURBED.get(name, name),
            )
        axes.set_yticks(list(places), [SHORT.get(row.name, row.name) for row in rows])
        axes.axvline(0.0, color=INK, linewidth=0.6, linestyle=":")
        axes.set_xlabel("AUROC lost")
        axes.grid(axis="x", color=INK, alpha=0.12)
        legend(axes, loc="upper left", bbox_to_anchor=(1.01, 1.0))

    return svg_plot("losses", (9.4, 0.9 + 0.27 * len(rows)), draw)


def roc_plot(held_out: HeldOut) -> str:
    """ROC curves with a logarithmic axis, because the left end matters most."""

    def draw(axes: Axes) -> None:
        for number, curve in enumerate(held_out.curves):
            axes.plot(
                curve.false_positive_rates,
                curve.true_positive_rates,
                color=COLOURS[number],
                marker=".",
                label=curve.title,
            )
        axes.set_xscale("log")
        ticks = (0.002, 0.01, 0.05, 0.2, 1.0)
        axes.xaxis.set_major_locator(FixedLocator(ticks))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticks(ticks, [f"{100 * tick:g} %" for tick in ticks])
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.axvline(0.01, color=INK, linewidth=0.6, linestyle=":")
        axes.set(xlabel="false positives", ylabel="LLM functions found", ylim=(0.0, 1.02))
        axes.grid(color=INK, alpha=0.12)
        legend(axes, loc="lower right")

    return svg_plot("roc", (4.6, 3.4), draw)


def reliability_plot(held_out: HeldOut) -> str:
    """Share of LLM functions against the predicted probability."""

    def draw(axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=INK, linewidth=0.6, linestyle=":")
        most = max((each.functions for each in held_out.reliability), default=1)
        axes.plot(
            [each.probability for each in held_out.reliability],
            [each.share for each in held_out.reliability],
            color=COLOURS[0],
        )
        axes.scatter(
            [each.probability for each in held_out.reliability],
            [each.share for each in held_out.reliability],
            s=[12 + 70 * each.functions / most for each in held_out.reliability],
            color=COLOURS[0],
        )
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(PercentFormatter(1.0))
        axes.set(xlabel="probability said", ylabel="share that is LLM code", xlim=(0, 1), ylim=(0, 1))
        axes.grid(color=INK, alpha=0.12)

    return svg_plot("reliability", (4.2, 3.4), draw)


def breakdown_plot(breakdowns: Sequence[Breakdown]) -> str:
    """AUROC with its interval for every value of every property."""

    def draw(axes: Axes) -> None:
        properties = list(dict.fromkeys(each.property for each in breakdowns))
        for place, each in zip(range(len(breakdowns), 0, -1), breakdowns, strict=True):
            colour = COLOURS[properties.index(each.property) % len(COLOURS)]
            found = each.figures.auroc
            if found.value is None or found.low is None or found.high is None:
                continue
            axes.plot([found.low, found.high], [place, place], color=colour, linewidth=1.6)
            axes.scatter([found.value], [place], s=22, color=colour)
        labels = [f"{each.value}  ({each.figures.items:,})" for each in breakdowns]
        axes.set_yticks(range(len(breakdowns), 0, -1), labels)
        axes.set_xlabel("AUROC, 90 % interval (functions)")
        axes.grid(axis="x", color=INK, alpha=0.12)

    return svg_plot("breakdown", (6.4, 0.9 + 0.23 * len(breakdowns)), draw)


def learning_plot(points: Sequence[LearningPoint]) -> str:
    """AUROC against the number of training repositories, for each seed and as the mean."""

    def draw(axes: Axes) -> None:
        for colour, title, found in (
            (COLOURS[0], "human code before mid-2021", [(each.repositories, each.old) for each in points]),
            (
                COLOURS[1],
                "human code of 2021-07 to 2022-11",
                [(each.repositories, each.modern) for each in points],
            ),
        ):
            figures = [(size, [value for value in values if value is not None]) for size, values in found]
            known = [(size, values) for size, values in figures if values]
            axes.plot(
                [size for size, _ in known],
                [sum(values) / len(values) for _, values in known],
                color=colour,
                label=title,
            )
            for size, values in known:
                axes.scatter([size] * len(values), values, s=12, color=colour)
        sizes = [point.repositories for point in points]
        axes.set_xscale("log", base=2)
        axes.xaxis.set_major_locator(FixedLocator(sizes))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticks(sizes, [str(size) for size in sizes])
        axes.set(xlabel="training repositories", ylabel="AUROC, held-out repositories")
        axes.grid(color=INK, alpha=0.12)
        legend(axes, loc="lower right")

    return svg_plot("learning", (5.4, 3.2), draw)


def deletion_plot(faithfulness: Faithfulness, removal: RemovalFaithfulness) -> str:
    """Logits lost against the share of lines removed, strongest lines first."""

    def draw(axes: Axes) -> None:
        for number, method in enumerate(removal.methods):
            axes.plot(
                (0.0, *faithfulness.shares),
                (0.0, *method.deletion),
                color=COLOURS[number % len(COLOURS)],
                marker=".",
                linestyle="--" if method.method == "random" else "-",
                label=METHODS.get(method.method, method.method),
            )
        axes.xaxis.set_major_formatter(PercentFormatter(1.0))
        axes.set(xlabel="lines taken out", ylabel="logits lost")
        axes.grid(color=INK, alpha=0.12)
        legend(axes, loc="lower right")

    return svg_plot(f"deletion-{removal.removal}", (4.6, 3.2), draw)


def legend(axes: Axes, **where: Any) -> None:
    """Add a legend in the page's text colour, if anything has a label."""
    if axes.get_legend_handles_labels()[1]:
        axes.legend(frameon=False, labelcolor=INK, fontsize=8, **where)


def svg_plot(name: str, size: tuple[float, float], draw: Callable[[Axes], None]) -> str:
    """A reproducible, transparent ``svg`` element whose text stays text."""
    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "font.family": "sans-serif",
        "font.size": 9,
    }
    with mpl.rc_context(settings):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        axes.patch.set_alpha(0.0)
        axes.tick_params(colors=INK)
        axes.xaxis.label.set_color(INK)
        axes.yaxis.label.set_color(INK)
        for side, spine in axes.spines.items():
            spine.set_color(INK)
            spine.set_visible(side in ("left", "bottom"))
        written = io.StringIO()
        figure.savefig(written, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = _DECLARATION.sub("", written.getvalue())
    # Ids must differ from those of the other plots on the page.
    text = re.sub(r'(id="|url\(#|href="#)', lambda match: match.group() + name + "-", text)
    return text.replace(INK, "currentColor").strip()
