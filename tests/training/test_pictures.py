import numpy as np
import pytest

from codeorigin_training.pictures import confusion_counts, reliability_bins

LABELS = np.array([0, 0, 0, 1, 1])
PROBABILITIES = np.array([0.1, 0.2, 0.9, 0.4, 1.0])


def test_confusion_counts_have_the_truth_in_their_rows() -> None:
    assert confusion_counts(LABELS, PROBABILITIES).tolist() == [[2, 1], [1, 1]]
    assert confusion_counts(LABELS, PROBABILITIES, 0.3).tolist() == [[2, 1], [0, 2]]


def test_reliability_bins_hold_means_and_shares() -> None:
    bins = reliability_bins(LABELS, PROBABILITIES, bins=2)
    assert bins[0] == pytest.approx([0.7 / 3, 1 / 3, 3])
    assert bins[1] == pytest.approx([0.95, 0.5, 2])
