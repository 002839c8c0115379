"""Fine-tuning data: token sequences with labels, weights, offsets and groups."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from codeorigin_training.arrays import Floats, Integers, Tokens
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.splits import unit_hash
from codeorigin_training.corpus.weights import cells


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of every row, as int64 codes ``(n,)``.

    ``tasks`` is equal for the rows of a same-task pair and -1 for other rows. ``cells`` are the language x test x
    length cells in which the classes must stay balanced. All human-written rows have the same agent.
    """

    repositories: Integers
    languages: Integers
    agents: Integers
    cells: Integers
    tasks: Integers

    @classmethod
    def of(cls, rows: Sequence[Row]) -> "Groups":
        """The groups of corpus rows."""
        return cls(
            repositories=_codes([row.repo for row in rows]),
            languages=_codes([row.language for row in rows]),
            agents=_codes([row.agent for row in rows]),
            cells=cells(rows),
            tasks=np.where([row.pair is None for row in rows], -1, _codes([row.pair or "" for row in rows])),
        )

    @classmethod
    def none(cls, count: int) -> "Groups":
        """Groups of ``count`` rows without any known groups."""
        same = np.zeros(count, dtype=np.int64)
        return cls(np.arange(count), same, same, same, np.full(count, -1, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Examples:
    """``n`` rows to train on.

    Args:
        tokens: token ids of every row, int32, of any length.
        labels: int64 ``(n,)``, 1 for LLM; with K labels, their codes.
        weights: ``(n,)``; rows are drawn in proportion to their weight.
        offsets: ``(n,)``, logits that are added to the encoder's before any loss.
        groups: groups of the rows.
        views: augmented versions of all rows' tokens with the same labels, each as long as ``tokens``.
        validation: indices of rows used to select checkpoints; they are not drawn.
        validation_weights: ``(len(validation),)``.
    """

    tokens: Tokens
    labels: Integers
    weights: Floats
    offsets: Floats
    groups: Groups
    views: tuple[Tokens, ...] = ()
    validation: Integers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    validation_weights: Floats = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        count = len(self.tokens)
        if not count == len(self.labels) == len(self.weights) == len(self.offsets):
            raise ValueError("tokens, labels, weights and offsets must be equally long")
        if any(len(view) != count for view in self.views):
            raise ValueError("a view must hold as many rows as tokens")
        if not (self.weights > 0).any():
            raise ValueError("no row has a weight: there is nothing to train on")


def validation_split(rows: Sequence[Row], weights: Floats, share: float) -> tuple[Floats, Integers, Floats]:
    """Set about ``share`` of the units apart, by a hash of their names; ``weights`` are ``(len(rows),)``.

    Returns:
        The weights with 0 for the validation rows, and the indices and weights of the validation rows.
    """
    apart = np.array([unit_hash(row.unit, "validation") < share for row in rows], dtype=bool)
    chosen = np.flatnonzero(apart & (weights > 0))
    return np.where(apart, 0.0, weights), chosen, weights[chosen]


def _codes(names: Sequence[str]) -> Integers:
    return np.unique(np.array(names), return_inverse=True)[1].astype(np.int64)
