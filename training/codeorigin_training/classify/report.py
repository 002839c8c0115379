"""Evaluation of a classifier: figures by label and the confusion matrix."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin_training.arrays import Integers


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """Figures of one label; ``support`` is the number of its texts. A ratio with a denominator of 0 is 0."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class ClassificationReport:
    """Figures over K labels: ``confusion`` ``(K, K)`` counts, rows the true label, columns the answer.

    ``macro_f1`` is the mean over the labels that have texts.
    """

    labels: tuple[str, ...]
    confusion: Integers
    by_label: dict[str, LabelFigures]
    accuracy: float
    macro_f1: float

    def numbers(self) -> dict[str, float]:
        """All figures by name, such as ``LABEL/f1``, for a tracker."""
        found = {"accuracy": self.accuracy, "macro_f1": self.macro_f1}
        for label, figures in self.by_label.items():
            found |= {
                f"{label}/precision": figures.precision,
                f"{label}/recall": figures.recall,
                f"{label}/f1": figures.f1,
                f"{label}/support": float(figures.support),
            }
        return found


def confusion_matrix(truth: Integers, answers: Integers, labels: int) -> Integers:
    """``(labels, labels)`` counts of codes ``(n,)`` below ``labels``: rows are ``truth``, columns ``answers``."""
    cells = np.bincount(truth * labels + answers, minlength=labels * labels)
    return cells.reshape(labels, labels).astype(np.int64)


def classification_report(
    truth: Sequence[str], answers: Sequence[str], labels: Sequence[str]
) -> ClassificationReport:
    """Figures of ``answers`` ``(n,)`` against ``truth`` ``(n,)``, both among ``labels`` ``(K,)``.

    Raises:
        ValueError: ``truth`` and ``answers`` differ in length, or one of their labels is not among ``labels``.
    """
    place = {label: number for number, label in enumerate(labels)}
    if len(truth) != len(answers) or not {*truth, *answers} <= set(place):
        raise ValueError("truth and answers must be equally many, of the given labels")
    codes = [np.array([place[each] for each in side], dtype=np.int64) for side in (truth, answers)]
    return report_of(confusion_matrix(codes[0], codes[1], len(place)), labels)


def report_of(confusion: Integers, labels: Sequence[str]) -> ClassificationReport:
    """The report of a confusion matrix ``(K, K)`` of ``labels`` ``(K,)``."""
    by_label = {
        label: _figures(int(confusion[k, k]), int(confusion[:, k].sum()), int(confusion[k].sum()))
        for k, label in enumerate(labels)
    }
    present = [each.f1 for each in by_label.values() if each.support]
    return ClassificationReport(
        labels=tuple(labels),
        confusion=confusion,
        by_label=by_label,
        accuracy=float(np.trace(confusion) / max(confusion.sum(), 1)),
        macro_f1=float(np.mean(present)) if present else 0.0,
    )


def _figures(right: int, answered: int, support: int) -> LabelFigures:
    precision, recall = right / max(answered, 1), right / max(support, 1)
    return LabelFigures(precision, recall, 2 * right / max(answered + support, 1), support)
