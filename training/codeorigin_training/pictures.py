"""Plots of a classifier: its confusion matrix and its reliability diagram."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from codeorigin_training.arrays import Floats, Integers


def confusion_picture(path: Path, counts: Integers, names: Sequence[str], called: str = "called") -> None:
    """Draw ``counts`` ``(K, K)`` (rows: true class, columns: predicted class) to ``path``, with row shares."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = len(names)
    figure, axes = _canvas(max(0.0, size - 4) * 0.75)
    axes.imshow(shares, vmin=0.0, vmax=1.0, cmap="Blues")
    for row, column in np.ndindex(size, size):
        if counts[row, column] or size == 2:
            text = f"{counts[row, column]:,}\n{shares[row, column]:.1%}"
            colour = "white" if shares[row, column] > 0.5 else "black"
            small = 10 if size <= 4 else 7
            axes.text(column, row, text, ha="center", va="center", color=colour, fontsize=small)
    axes.set_xticks(range(size), names, rotation=0 if size <= 4 else 60)
    axes.set_yticks(range(size), names)
    axes.set_xlabel(called)
    axes.set_ylabel("is")
    figure.savefig(path)


def reliability_bins(labels: Integers, probabilities: Floats, bins: int = 15) -> Floats:
    """``(k, 3)``: mean probability, share of LLM code and number of rows of every non-empty bin of equal width.

    Source: Guo et al., "On Calibration of Modern Neural Networks" (ICML 2017), section 2.
    """
    index = np.minimum((probabilities * bins).astype(np.int64), bins - 1)
    count = np.bincount(index, minlength=bins)
    filled = count > 0
    mean = np.bincount(index, probabilities, minlength=bins)[filled] / count[filled]
    share = np.bincount(index, labels, minlength=bins)[filled] / count[filled]
    return np.stack([mean, share, count[filled]], axis=1)


def reliability_picture(path: Path, labels: Integers, probabilities: Floats) -> None:
    """Draw :func:`reliability_bins` of arrays ``(n,)`` to ``path``; a dot's area is proportional to its bin's count."""
    mean, share, count = reliability_bins(labels, probabilities).T
    figure, axes = _canvas()
    axes.plot([0, 1], [0, 1], linestyle="--", linewidth=1, color="grey")
    axes.plot(mean, share, linewidth=1)
    axes.scatter(mean, share, s=300 * count / count.max())
    axes.set_xlim(-0.03, 1.03)
    axes.set_ylim(-0.03, 1.03)
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
