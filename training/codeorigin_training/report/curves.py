"""The bundle on held-out repositories: curves. The shares at the thresholds are in the manifest."""

from collections.abc import Sequence

import numpy as np
from sklearn.calibration import calibration_curve

from codeorigin_training.arrays import Integers
from codeorigin_training.data.rows import Row, labels_of, modern_of, rows_where
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.statistics import tpr_at_fpr
from codeorigin_training.metrics.table import MODERN, OLD
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.matrix import matched_draw
from codeorigin_training.report.plots import Points, lines
from codeorigin_training.report.section import Section

_RATES = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.85, 1.0)
_BINS = 10


def curves(rows: Sequence[Row], detector: Detector, config: EvaluateConfig) -> Section:
    """Measure curves on ``config.held_out_functions`` drawn functions, with matched classes."""
    functions, units = len(rows), len(np.unique(unit_numbers(rows)))
    rows = [rows[int(number)] for number in drawn_places(len(rows), config)]
    logits = detector.logits(rows)
    labels, modern = labels_of(rows), modern_of(rows)

    def found(of_era: np.ndarray) -> Points:
        inside = np.flatnonzero((labels == 1) | of_era)
        chosen = inside[matched_draw(rows_where(rows, (labels == 1) | of_era), len(inside), config.seed)]
        values = [tpr_at_fpr(labels[chosen], logits[chosen], rate) for rate in _RATES]
        known = [(rate, value) for rate, value in zip(_RATES, values, strict=True) if np.isfinite(value)]
        return [rate for rate, _ in known], [value for _, value in known]

    both = matched_draw(rows, len(rows), config.seed)
    shares, means = np.zeros(0), np.zeros(0)
    if len(both):
        probability = detector.answers(rows, logits).probability
        shares, means = calibration_curve(labels[both], probability[both], n_bins=_BINS)
    return Section(
        title="Curves",
        note=f"Of {len(rows):,} functions drawn from {functions:,} of {units} held-out repositories.",
        pictures=(
            lines(
                "LLM functions found at each share of false positives",
                "false positives",
                "LLM functions found",
                {OLD: found(~modern), MODERN: found(modern)},
                logarithmic=True,
            ),
            lines(
                "What a probability means",
                "probability said",
                "share that is LLM code",
                {"measured": (means.tolist(), shares.tolist()), "as it should be": ((0.0, 1.0), (0.0, 1.0))},
            ),
        ),
    )


def drawn_places(count: int, config: EvaluateConfig) -> Integers:
    """The ascending indices ``(n,)`` of at most ``config.held_out_functions`` of ``count`` held-out functions."""
    generator = np.random.default_rng(config.seed)
    return np.sort(generator.permutation(count)[: config.held_out_functions])
