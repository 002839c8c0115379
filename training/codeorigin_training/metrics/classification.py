"""Standard classification metrics, on functions of repositories that a model has not seen."""

from collections.abc import Sequence

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.rows import Row, labels_of, of_repositories
from codeorigin_training.metrics.statistics import auroc, expected_calibration_error
from codeorigin_training.tracking import Tracker


def classification_figures(labels: Integers, probabilities: Floats) -> dict[str, float]:
    """Accuracy, precision, recall, F1, AUROC and calibration error; a ratio with denominator 0 is 0.

    Args:
        labels: ``(n,)``, 1 for LLM, the positive class of precision and recall.
        probabilities: probabilities of LLM, ``(n,)``.
    """
    called = (probabilities >= 0.5).astype(np.int64)
    precision, recall, f1, _ = precision_recall_fscore_support(
        labels, called, average="binary", zero_division=0
    )
    return {
        "accuracy": float((labels == called).mean()),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
        "auroc": auroc(labels, probabilities),
        "expected_calibration_error": expected_calibration_error(labels, probabilities),
    }


def keep_test_set(
    tracker: Tracker, rows: Sequence[Row], probabilities: Floats, name: str = "test"
) -> dict[str, float]:
    """Record figures and pictures of ``probabilities`` ``(n,)`` of held-out ``rows``; returns the figures.

    Pairs and the packages of a distribution are left out: both sides of a pair solve the same task, and a package
    contains only human-written code.
    """
    inside = of_repositories(rows)
    labels = labels_of(rows)[inside]
    if len(set(labels.tolist())) < 2:
        return {}
    figures = classification_figures(labels, probabilities[inside])
    tracker.metrics({f"{name}/{key}": value for key, value in figures.items()}, 0)
    tracker.pictures(labels, probabilities[inside])
    return figures
