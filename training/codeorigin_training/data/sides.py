"""The two sides of a corpus: the training side, and the held-out repositories for the final evaluation."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.near_duplicates import fitting_rows
from codeorigin_training.data.rows import (
    FUNCTIONS,
    Row,
    fold_array,
    labels_of,
    read_entries,
    read_functions,
    read_pairs,
)
from codeorigin_training.data.specifications import read_written_pairs
from codeorigin_training.data.splits import is_held_out
from codeorigin_training.data.weights import balanced_weights


@dataclass(frozen=True)
class TrainingSide:
    """``n`` rows in the order of all out-of-fold logits: functions first, then pairs.

    ``weights`` ``(n,)`` have mean about 1; ``labels`` and cross-fitting ``folds`` are int64 ``(n,)``.
    """

    rows: list[Row]
    weights: Floats
    labels: Integers
    folds: Integers

    @classmethod
    def of(
        cls, functions: Sequence[Row], pairs: Sequence[Row], *, pair_weight: float, folds: int
    ) -> "TrainingSide":
        """Weight ``functions`` for balance, and every row of ``pairs`` by ``pair_weight`` mean rows."""
        rows = [*functions, *pairs]
        return cls(
            rows=rows,
            weights=np.concatenate([balanced_weights(functions), np.full(len(pairs), pair_weight)]),
            labels=labels_of(rows),
            folds=fold_array(rows, folds),
        )

    def with_held_out(self, held_out: Sequence[Row], *, pair_weight: float) -> "TrainingSide":
        """Both sides as one, weighted together: these rows in their order, then ``held_out``.

        For a model whose choices and figures are final. There are no folds: all are 0.
        """
        rows = [*self.rows, *held_out]
        paired = np.array([row.pair is not None for row in rows])
        weights = np.full(len(rows), pair_weight)
        weights[~paired] = balanced_weights([row for row in rows if row.pair is None])
        return TrainingSide(
            rows=rows,
            weights=weights,
            labels=labels_of(rows),
            folds=np.zeros(len(rows), dtype=np.int64),
        )

    @cached_property
    def fitting(self) -> Booleans:
        """The rows that the model for each fold is fitted on, bool ``(folds, n)``: without copies of its rows."""
        return fitting_rows(self.rows, self.folds)

    @property
    def functions(self) -> int:
        """The number of rows that are functions of the corpus; the rows of pairs follow them."""
        return sum(row.pair is None for row in self.rows)


def read_sides(corpus: Path, *, pair_weight: float, folds: int) -> tuple[TrainingSide, list[Row]]:
    """The training side, and the rows of the held-out repositories: functions first, then pairs.

    Raises:
        CorpusError: the corpus cannot be read.
    """
    functions = read_functions(corpus)
    pairs = read_pairs(corpus) + read_written_pairs(functions)
    inside = [[row for row in rows if not is_held_out(row.repo)] for rows in (functions, pairs)]
    outside = [row for rows in (functions, pairs) for row in rows if is_held_out(row.repo)]
    return TrainingSide.of(*inside, pair_weight=pair_weight, folds=folds), outside


def read_training_texts(corpus: Path) -> list[Row]:
    """The functions of training repositories without their labels, for a vocabulary and for pretraining.

    Raises:
        CorpusError: there is no ``functions.parquet``, or it lacks a column.
    """
    entries = read_entries(
        corpus / FUNCTIONS, ["code", "language", "repo"], advice="run the corpus command first"
    )
    return [
        Row(entry["code"], entry["language"], 0, entry["repo"], "", False, False, 0)
        for entry in entries
        if not is_held_out(entry["repo"])
    ]
