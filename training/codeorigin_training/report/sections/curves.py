"""The bundle on held-out repositories: curves."""

from collections.abc import Sequence

import numpy as np
from sklearn.calibration import calibration_curve

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.figures import Sample
from codeorigin_training.metrics.statistics import tpr_at_fpr
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.section import Section
from codeorigin_training.report.slices import matched_draw

_CURVE_RATES = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.85, 1.0)
_BINS = 10


def curves(rows: Sequence[Row], detector: Detector, config: EvaluateConfig) -> Section:
    """Measure curves on ``config.held_out_functions`` drawn functions, with matched classes.

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
    return Section(
        title="Curves",
        note=(f"Of {len(rows):,} functions drawn from {functions:,} of {units} held-out repositories."),
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
        ),
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


def _matched(rows: Sequence[Row], keep: Booleans, seed: int) -> Integers:
    inside = np.flatnonzero(keep)
    chosen = matched_draw([rows[int(number)] for number in inside], len(inside), seed)
    return inside[chosen]
