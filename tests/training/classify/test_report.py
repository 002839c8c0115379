import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from codeorigin_training.classify.report import classification_report, confusion_matrix
from codeorigin_training.measure.test_set import classification_figures

LABELS = ("a", "b", "c")
TRUTH = ["a", "a", "a", "b", "b", "c"]
ANSWERS = ["a", "a", "b", "b", "a", "b"]


def test_confusion_matrix_has_truth_in_rows() -> None:
    found = classification_report(TRUTH, ANSWERS, LABELS)
    assert found.confusion.tolist() == [[2, 1, 0], [1, 1, 0], [0, 1, 0]]
    assert found.accuracy == pytest.approx(3 / 6)


def test_figures_by_label_equal_scikit_learns() -> None:
    generator = np.random.default_rng(0)
    truth, answers = (["abc"[code] for code in generator.integers(0, 3, 50)] for _ in range(2))
    found = classification_report(truth, answers, LABELS)
    expected = precision_recall_fscore_support(truth, answers, labels=list(LABELS))
    for place, label in enumerate(LABELS):
        figures = found.by_label[label]
        assert (figures.precision, figures.recall, figures.f1, figures.support) == pytest.approx(
            tuple(each[place] for each in expected)
        )
    assert found.numbers()["b/f1"] == pytest.approx(expected[2][1])
    assert found.macro_f1 == pytest.approx(expected[2].mean())


def test_label_without_texts_does_not_count_in_means() -> None:
    found = classification_report(["a", "b"], ["a", "b"], LABELS)
    assert found.macro_f1 == 1.0
    assert found.by_label["c"].recall == 0.0


def test_unknown_label_is_rejected() -> None:
    with pytest.raises(ValueError, match="of the given labels"):
        classification_report(["a"], ["d"], LABELS)


def test_detector_figures_treat_llm_code_as_positive() -> None:
    labels = np.array([0, 0, 0, 1, 1])
    probabilities = np.array([0.1, 0.2, 0.9, 0.4, 1.0])
    assert confusion_matrix(labels, (probabilities >= 0.5).astype(np.int64), 2).tolist() == [[2, 1], [1, 1]]
    found = classification_figures(labels, probabilities)
    assert found["accuracy"] == pytest.approx(3 / 5)
    assert (found["precision"], found["recall"], found["f1"]) == pytest.approx((0.5, 0.5, 0.5))
    assert found["auroc"] == pytest.approx(5 / 6)
