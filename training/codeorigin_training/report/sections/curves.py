"""The bundle on held-out repositories: curves, and figures by property."""

from collections.abc import Callable, Sequence
from itertools import groupby

import numpy as np
from sklearn.calibration import calibration_curve

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import length_class
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.figures import Figures, Sample, measure
from codeorigin_training.metrics.statistics import tpr_at_fpr
from codeorigin_training.report.cells import COLUMNS, figure_cells
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.report.slices import matched_draw

_CURVE_RATES = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.85, 1.0)
_BINS = 10
_FEWEST = 40

Breakdown = tuple[str, str, Figures]
"""A property such as ``language``, its value such as ``go``, and the figures of the functions that have it."""


def curves(rows: Sequence[Row], detector: Detector, config: EvaluateConfig) -> Section:
    """Measure curves and breakdowns on ``config.held_out_functions`` drawn functions, with matched classes.

    The shares at the thresholds are in the manifest.
    """
    functions, units = len(rows), len(np.unique(unit_numbers(rows)))
    rows = [rows[int(number)] for number in drawn_places(len(rows), config)]
    logits = detector.logits(rows)
    drawn = detector.answers(rows, logits)
    labels = np.array([row.label for row in rows], dtype=np.int64)
    modern = np.array([row.modern for row in rows])
    whole = Sample(labels, unit_numbers(rows), logits, drawn)
    both = matched_draw(rows, len(rows), config.seed)
    found = breakdowns(rows, whole, config)
    return Section(
        title="Curves, and figures by language, length, code and agent",
        note=(
            f"Of {len(rows):,} functions drawn from {functions:,} of {units} held-out repositories, compared with human "
            "code of all eras. An agent's code is compared with the human code of all repositories."
        ),
        tables=tuple(
            TitledTable(
                "",
                "",
                (name, *COLUMNS),
                tuple((value, *figure_cells(figures)) for _, value, figures in inside),
            )
            for name, inside in groupby(found, key=lambda item: item[0])
        ),
        charts=(
            Chart(
                "LLM functions found at each share of false positives",
                ChartKind.LINE,
                "false positives",
                "LLM functions found",
                (
                    _curve("human code before mid-2021", rows, whole, (labels == 1) | ~modern, config.seed),
                    _curve(
                        "human code of 2021-07 to 2022-11", rows, whole, (labels == 1) | modern, config.seed
                    ),
                ),
                logarithmic=True,
            ),
            Chart(
                "What a probability means",
                ChartKind.LINE,
                "probability said",
                "share that is LLM code",
                (
                    _reliability(labels[both], drawn.probability[both]),
                    Series("as it should be", (0.0, 1.0), (0.0, 1.0)),
                ),
            ),
            *([_breakdown_chart(found)] if found else []),
        ),
        figures=tuple(Figure.of(f"AUROC: {name} {value}", figures.auroc) for name, value, figures in found),
    )


def drawn_places(count: int, config: EvaluateConfig) -> Integers:
    """The ascending indices ``(n,)`` of at most ``config.held_out_functions`` of ``count`` held-out functions."""
    generator = np.random.default_rng(config.seed)
    return np.sort(generator.permutation(count)[: config.held_out_functions])


def _curve(title: str, rows: Sequence[Row], whole: Sample, keep: Booleans, seed: int) -> Series:
    sample = whole.take(_matched(rows, keep, seed))
    found = [tpr_at_fpr(sample.labels, sample.logits, rate) for rate in _CURVE_RATES]
    pairs = [(rate, value) for rate, value in zip(_CURVE_RATES, found, strict=True) if np.isfinite(value)]
    return Series(title, tuple(rate for rate, _ in pairs), tuple(value for _, value in pairs))


def _reliability(labels: Integers, probabilities: Floats) -> Series:
    if not len(labels):
        return Series("measured", (), ())
    shares, means = calibration_curve(labels, probabilities, n_bins=_BINS)
    return Series("measured", tuple(means.tolist()), tuple(shares.tolist()))


def breakdowns(rows: Sequence[Row], whole: Sample, config: EvaluateConfig) -> list[Breakdown]:
    """By language, length and test code, with both classes of each value."""
    properties: dict[str, Callable[[Row], str]] = {
        "language": lambda row: row.language,
        "length": lambda row: length_class(row.lines),
        "code": lambda row: "tests" if row.is_test else "other code",
    }
    masks: list[tuple[str, str, Booleans]] = []
    for name, value_of in properties.items():
        values = np.array([value_of(row) for row in rows])
        order = sorted(
            set(values), key=lambda value: (int(value.split()[0]) if value[0].isdigit() else 0, value)
        )
        masks += [(name, str(value), values == value) for value in order]
    found: list[Breakdown] = []
    for name, value, keep in masks:
        chosen = _matched(rows, keep, config.seed)[: config.slice_functions]
        if len(chosen) >= _FEWEST:
            found.append((name, value, measure(whole.take(chosen), rounds=config.rounds, seed=config.seed)))
    return found


def _breakdown_chart(found: Sequence[Breakdown]) -> Chart:
    series = []
    for name, together in groupby(enumerate(found), key=lambda item: item[1][0]):
        known = [
            (place, figures.auroc.value, figures.auroc.low, figures.auroc.high)
            for place, (_, _, figures) in together
            if None not in (figures.auroc.value, figures.auroc.low, figures.auroc.high)
        ]
        places, values, low, high = zip(*known, strict=True) if known else ((), (), (), ())
        series.append(Series(name, values, tuple(map(float, places)), low, high))
    ticks = tuple(f"{value} ({figures.items:,})" for _, value, figures in found)
    return Chart("AUROC with its interval (functions)", ChartKind.ROWS, "AUROC", "", tuple(series), ticks)


def _matched(rows: Sequence[Row], keep: Booleans, seed: int) -> Integers:
    inside = np.flatnonzero(keep)
    chosen = matched_draw([rows[int(number)] for number in inside], len(inside), seed)
    return inside[chosen]
