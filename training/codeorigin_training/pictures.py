"""Plots of a classifier: its confusion matrix and its reliability diagram."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sklearn.calibration import calibration_curve
from sklearn.metrics import ConfusionMatrixDisplay

from codeorigin_training.arrays import Floats, Integers


def confusion_picture(path: Path, counts: Integers, names: Sequence[str]) -> None:
    """Draw ``counts`` ``(K, K)`` (rows: true class, columns: predicted class) to ``path``."""
    figure, axes = _canvas(max(0.0, len(names) - 4) * 0.75)
    display = ConfusionMatrixDisplay(counts, display_labels=names)
    display.plot(ax=axes, cmap="Blues", colorbar=False, xticks_rotation=0 if len(names) <= 4 else 60)
    figure.savefig(path)


def reliability_picture(path: Path, labels: Integers, probabilities: Floats) -> None:
    """Draw the share of LLM code by the probability of it, of arrays ``(n,)``, in 15 bins of equal width to ``path``.

    Source: Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017), section 2.
    """
    share, mean = calibration_curve(labels, probabilities, n_bins=15)
    figure, axes = _canvas()
    axes.plot([0, 1], [0, 1], linestyle="--", linewidth=1, color="grey")
    axes.plot(mean, share, marker="o", linewidth=1)
    axes.set_xlabel("probability of LLM code")
    axes.set_ylabel("share of LLM code")
    figure.savefig(path)


def _canvas(more: float = 0.0) -> tuple[Any, Any]:
    """Figure and axes, ``more`` inches larger than usual in both dimensions."""
    # Without pyplot, nothing looks for a display and no figure stays open.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(4.5 + more, 4.2 + more), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, figure.add_subplot()
