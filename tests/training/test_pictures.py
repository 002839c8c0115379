from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from codeorigin_training.pictures import confusion_picture, reliability_bins

LABELS = np.array([0, 0, 0, 1, 1])
PROBABILITIES = np.array([0.1, 0.2, 0.9, 0.4, 1.0])


@pytest.mark.parametrize("labels", [("human", "llm"), tuple("abcdefghijkl")])
def test_a_confusion_matrix_of_any_size_is_drawn(labels: tuple[str, ...], tmp_path: Path) -> None:
    counts = np.random.default_rng(0).integers(0, 50, (len(labels), len(labels)))
    confusion_picture(tmp_path / "confusion.png", counts, labels)
    picture = imread(tmp_path / "confusion.png")
    assert picture.shape[0] > 400
    assert picture.std() > 0.05


def test_reliability_bins_have_means_and_shares() -> None:
    bins = reliability_bins(LABELS, PROBABILITIES, bins=2)
    assert bins[0] == pytest.approx([0.7 / 3, 1 / 3, 3])
    assert bins[1] == pytest.approx([0.95, 0.5, 2])
