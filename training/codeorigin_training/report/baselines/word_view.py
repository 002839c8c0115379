"""Linear models trained only for the report: the word view, on part of the training repositories."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from codeorigin.model.ngrams.hashed_views import View, ViewKind
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import balanced_weights
from codeorigin_training.ngrams.features import view_matrices
from codeorigin_training.ngrams.linear import LinearModel, fit_linear

WORDS = View(ViewKind.WORDS, 1, 2, 1 << 20)
STRENGTH = 12.0


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Functions with their word n-grams, so that many models can be trained on parts of them."""

    rows: list[Row]
    matrix: sparse.csr_matrix
    processes: int

    @classmethod
    def of(cls, rows: Sequence[Row], *, processes: int) -> "TrainingSet":
        """Extract the n-grams of ``rows``."""
        return cls(list(rows), view_matrices(rows, [WORDS], processes=processes)[0], processes)

    def matrix_of(self, rows: Sequence[Row]) -> sparse.csr_matrix:
        """The n-grams of other rows, CSR ``(len(rows), width)``."""
        return view_matrices(rows, [WORDS], processes=self.processes)[0]

    def fit(self, keep: Booleans, labels: Integers | None = None) -> "WordModel":
        """Train on the rows to ``keep``, balanced like those of the shipped model.

        Args:
            keep: bool ``(len(rows),)``; must select rows of both classes.
            labels: ``(len(rows),)``, to use instead of the rows' own labels.
        """
        chosen = np.flatnonzero(keep)
        inside = [self.rows[number] for number in chosen]
        true_labels = np.array([row.label for row in inside], dtype=np.int64)
        wanted = true_labels if labels is None else labels[chosen]
        model = fit_linear(self.matrix[chosen], wanted, balanced_weights(inside), STRENGTH)
        return WordModel(model, len(chosen), self.processes)


@dataclass(frozen=True, slots=True)
class WordModel:
    """A trained word view, and the number of ``functions`` that it was trained on."""

    model: LinearModel
    functions: int
    processes: int

    def logits(self, rows: Sequence[Row]) -> Floats:
        """Logits ``(len(rows),)``."""
        if not rows:
            return np.zeros(0)
        return self.model.logits(view_matrices(rows, [WORDS], processes=self.processes)[0])
