"""Figures of merit of a detector, each from labels and scores alone."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


def auroc(labels: Labels, scores: Floats) -> float:
    """Area under the ROC curve; NaN if a class is missing."""
    if len(np.unique(labels)) < 2:
        return float("nan")
    return float(roc_auc_score(labels, scores))


def threshold_at(human_scores: Floats, false_positive_rate: float) -> float:
    """The lowest score that at most ``false_positive_rate`` of ``human_scores`` lie above."""
    return float(np.quantile(human_scores, 1.0 - false_positive_rate, method="higher"))


def tpr_at_fpr(labels: Labels, scores: Floats, false_positive_rate: float) -> float:
    """Share of positives above the threshold that lets ``false_positive_rate`` of the negatives through."""
    if len(np.unique(labels)) < 2:
        return float("nan")
    threshold = threshold_at(scores[labels == 0], false_positive_rate)
    return float((scores[labels == 1] > threshold).mean())


def expected_calibration_error(labels: Labels, probabilities: Floats, bins: int = 15) -> float:
    """Mean gap between confidence and frequency over equally wide bins (Guo et al., ICML 2017)."""
    index = np.minimum((probabilities * bins).astype(int), bins - 1)
    gap = 0.0
    for number in range(bins):
        inside = index == number
        if inside.any():
            gap += inside.mean() * abs(float(probabilities[inside].mean()) - float(labels[inside].mean()))
    return gap


def pairs_in_order(human: Floats, llm: Floats) -> float:
    """Share of same-task pairs whose model-written side scores higher; a tie counts half."""
    return float(np.mean((llm > human) + 0.5 * (llm == human)))


def bootstrap_interval(
    groups: npt.NDArray[np.int64],
    statistic: Callable[[npt.NDArray[np.int64]], float],
    *,
    rounds: int = 200,
    seed: int = 0,
) -> tuple[float, float]:
    """90 % interval of ``statistic(indices)`` when whole groups (repositories) are drawn with replacement."""
    generator = np.random.default_rng(seed)
    if not len(groups):
        return float("nan"), float("nan")
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    values = []
    for _ in range(rounds):
        drawn = generator.integers(0, len(members), len(members))
        values.append(statistic(np.concatenate([members[number] for number in drawn])))
    finite = np.array([value for value in values if np.isfinite(value)])
    if not len(finite):
        return float("nan"), float("nan")
    low, high = np.quantile(finite, [0.05, 0.95])
    return float(low), float(high)
