"""Line scores of one function by every method of explanation that a bundle supports, and by chance."""

import numpy as np

from codeorigin.explain.explanation import Baseline, ExplainOptions, Explanation
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.arrays import Floats
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.report.occlusion import occlude

SHIPPED, OCCLUSION, RANDOM = "shipped", "occlusion", "random"


def methods(detector: Detector) -> dict[str, ExplainOptions]:
    """The options of every explanation by name; baselines other than the shipped one need a deep part."""
    found = {SHIPPED: ExplainOptions()}
    if detector.bundle.deep is not None:
        found["ig_zero"] = ExplainOptions(baseline=Baseline.ZERO)
        found["ig_pad"] = ExplainOptions(baseline=Baseline.PAD)
    return found


def line_scores(
    detector: Detector, code: str, language: str, generator: np.random.Generator
) -> dict[str, Floats]:
    """Signed scores ``(L,)`` of the lines that the model reads, by method."""
    found = {
        name: _values(detector.explainer.explain(code, language, options=options))
        for name, options in methods(detector).items()
    }
    return found | {
        OCCLUSION: _occluded(detector, code, language),
        RANDOM: generator.normal(size=len(found[SHIPPED])),
    }


def _occluded(detector: Detector, code: str, language: str) -> Floats:
    normalized = normalize(code, language)
    _, starts = np.unique(normalized.lines, return_index=True)
    ends = np.append(starts, len(normalized.text))[1:]
    wide, deep = occlude(detector.scorer, detector.scorer.features(normalized, language), starts, ends)
    return wide + deep


def _values(explanation: Explanation) -> Floats:
    return np.array([line.value for line in explanation.lines], dtype=np.float64)
