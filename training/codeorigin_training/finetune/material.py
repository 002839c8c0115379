"""The deep part's training data: rows in the order of the out-of-fold logits, with labels, weights and tokens."""

from dataclasses import dataclass

import numpy as np

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Booleans, Floats, Integers, Tokens
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.sides import read_sides
from codeorigin_training.encoder.data import encode_rows
from codeorigin_training.finetune.examples import Examples, Groups, validation_split
from codeorigin_training.run import Run, RunError


@dataclass(frozen=True, slots=True)
class Material:
    """``n`` rows of training repositories, functions first, then pairs.

    ``wide`` ``(n,)`` are the wide part's out-of-fold logits; ``views`` are augmented versions of ``tokens``.
    """

    rows: list[Row]
    labels: Integers
    weights: Floats
    folds: Integers
    wide: Floats
    tokenizer: Tokenizer
    tokens: Tokens
    groups: Groups
    views: tuple[Tokens, ...] = ()

    def examples(self, keep: Booleans, *, offsets: bool, validation_share: float) -> Examples:
        """Training examples of the rows that ``keep`` ``(n,)`` marks, with a share set apart for validation by unit."""
        weights, validation, validation_weights = validation_split(
            self.rows, np.where(keep, self.weights, 0.0), validation_share
        )
        return Examples(
            tokens=self.tokens,
            labels=self.labels,
            weights=weights,
            offsets=self.wide if offsets else np.zeros(len(self.rows)),
            groups=self.groups,
            views=self.views,
            validation=validation,
            validation_weights=validation_weights,
        )


def read_material(run: Run, *, folds: int, pair_weight: float, processes: int = 1) -> Material:
    """Rows, weights, folds, tokens and wide logits of ``run``; each row of a pair has weight ``pair_weight``.

    Raises:
        CorpusError: the corpus cannot be read.
        RunError: the wide part was trained on another corpus.
    """
    side, _ = read_sides(run.corpus, pair_weight=pair_weight, folds=folds)
    rows = side.rows
    with np.load(run.wide) as kept:
        wide = kept["out_of_fold"].astype(np.float64)
    if len(wide) != len(rows):
        raise RunError(
            f"{run.wide}: {len(wide)} logits for {len(rows)} rows; "
            "run `python -m codeorigin_training wide` again"
        )
    tokenizer = Tokenizer.load(run.tokenizer)
    return Material(
        rows=rows,
        labels=side.labels,
        weights=side.weights,
        folds=side.folds,
        wide=wide,
        tokenizer=tokenizer,
        tokens=encode_rows(rows, tokenizer, processes=processes),
        groups=Groups.of(rows),
    )
