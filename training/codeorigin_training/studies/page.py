"""The studies page: the sections of every study of this run, built from components of the evaluation report."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from codeorigin_training.files import write_whole
from codeorigin_training.report.document import Block, Bullets, Heading, Paragraph, Picture, Table, html
from codeorigin_training.report.json_values import to_json_value
from codeorigin_training.report.plots import COLOURS, INK, legend, svg_plot
from codeorigin_training.run import Run
from codeorigin_training.studies.section import STUDY, Chart, Section, Study, read_study

PAGE_FILE = "report.html"
_WIDE = 12


def write_study(run: Run, name: str, found: Sequence[Section]) -> Path:
    """Save ``found`` as ``studies/NAME/study.json`` and rewrite the page; returns the page's path.

    Raises:
        RunError: the file of another study is invalid.
    """
    path = run.studies / name / STUDY
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = to_json_value(Study(tuple(found)))
    write_whole(path, json.dumps(plain, indent=1, allow_nan=False) + "\n")
    write_whole(run.studies / PAGE_FILE, render(read_sections(run)))
    return run.studies / PAGE_FILE


def read_sections(run: Run) -> list[Section]:
    """The sections of all studies of ``run``, in the order of their folders' names.

    Raises:
        RunError: a file is not a study.
    """
    paths = sorted(run.studies.glob(f"*/{STUDY}"))
    return [section for path in paths for section in read_study(path).sections]


def render(sections: Sequence[Section]) -> str:
    """The page as self-contained HTML, without scripts."""
    blocks: list[Block] = [
        Heading("Studies", 1),
        Paragraph(
            "Intervals are 90 %, by bootstrap over repositories, or over tasks where a table says so.", "note"
        ),
    ]
    for number, each in enumerate(sections):
        blocks += [Heading(each.title), Paragraph(each.question, "note")]
        blocks += [Bullets(each.findings)] if each.findings else []
        for found in each.tables:
            blocks += [Heading(found.title, 3)] if found.title else []
            blocks += [Paragraph(found.note, "note")] if found.note else []
            blocks.append(Table(found.header, found.rows))
        blocks += [
            Picture(chart.title, _svg(chart, f"s{number}c{place}")) for place, chart in enumerate(each.charts)
        ]
    return html("Studies", blocks)


def _svg(chart: Chart, name: str) -> str:
    def draw(axes: Axes) -> None:
        if chart.kind == "heat":
            _heat(axes, chart)
        else:
            for number in range(len(chart.series)):
                _draw_series(axes, chart, number)
            axes.grid(axis="y", color=INK, alpha=0.12)
            axes.set_axisbelow(True)
            if len(chart.series) > 1:
                legend(axes, loc="best")
        if chart.ticks:
            turned = 60 if max(map(len, chart.ticks)) > 3 else 0
            middle = 0.5 if chart.kind == "heat" else 0.0
            axes.set_xticks(np.arange(len(chart.ticks)) + middle, list(chart.ticks), rotation=turned)
        elif chart.kind == "line" and all(value.is_integer() for each in chart.series for value in each.x):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set(xlabel=chart.x_label, ylabel=chart.y_label)

    wide = len(chart.ticks) > _WIDE
    return svg_plot(name, (7.5 if wide else 4.8, 3.6), draw)


def _draw_series(axes: Axes, chart: Chart, number: int) -> None:
    series, colour = chart.series[number], COLOURS[number % len(COLOURS)]
    x, y = np.array(series.x), np.array(series.y)
    if chart.kind == "bars":
        width = 0.8 / len(chart.series)
        x = x + (number - (len(chart.series) - 1) / 2) * width
        axes.bar(x, y, width=width, color=colour, label=series.name)
    elif chart.kind == "scatter":
        axes.scatter(x, y, s=30, color=colour, label=series.name)
    else:
        axes.plot(x, y, color=colour, marker=".", label=series.name)
    if series.low and series.high:
        axes.vlines(x, series.low, series.high, color=INK, linewidth=1)


def _heat(axes: Axes, chart: Chart) -> None:
    values = np.array([series.y for series in chart.series])
    image = axes.pcolormesh(values, cmap="Blues")
    axes.invert_yaxis()
    axes.set_yticks(np.arange(len(chart.series)) + 0.5, [series.name for series in chart.series])
    assert axes.figure is not None
    bar = axes.figure.colorbar(image, ax=axes)
    bar.ax.tick_params(colors=INK)
