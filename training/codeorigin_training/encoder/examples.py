"""Training data: token sequences with labels, weights and offsets, and what training changes in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Floats32, Integers, Tokens
from codeorigin_training.data.rows import Row
from codeorigin_training.data.splits import unit_hash
from codeorigin_training.encoder.inference import padded
from codeorigin_training.encoder.settings import TrainingConfig

Example = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Examples:
    """``n`` rows to train on.

    Args:
        tokens: token ids of every row, int32, of any length.
        labels: int64 ``(n,)``, 1 for LLM; with K labels, their codes.
        weights: ``(n,)``; rows are drawn in proportion to their weight, those for validation with weight 0.
        offsets: ``(n,)``, logits that are added to the encoder's before the loss.
        validation: indices of rows used to choose the best epoch.
        validation_weights: ``(len(validation),)``.
    """

    tokens: Tokens
    labels: Integers
    weights: Floats
    offsets: Floats
    validation: Integers
    validation_weights: Floats

    def __post_init__(self) -> None:
        if not len(self.tokens) == len(self.labels) == len(self.weights) == len(self.offsets):
            raise ValueError("tokens, labels, weights and offsets must be equally long")

    @property
    def drawn(self) -> Integers:
        """Indices ``(k,)`` of the rows that are not empty and have a weight."""
        return np.array(
            [row for row, ids in enumerate(self.tokens) if len(ids) and self.weights[row] > 0], dtype=np.int64
        )


def validation_split(rows: Sequence[Row], weights: Floats, share: float) -> tuple[Floats, Integers, Floats]:
    """Set about ``share`` of the units apart, by a hash of their names; ``weights`` are ``(len(rows),)``.

    Returns:
        The weights with 0 for the validation rows, and the indices and weights of the validation rows.
    """
    apart = np.array([unit_hash(row.unit, "validation") < share for row in rows], dtype=bool)
    chosen = np.flatnonzero(apart & (weights > 0))
    return np.where(apart, 0.0, weights), chosen, weights[chosen]


class TrainingTexts(Dataset[Example]):
    """The rows to train on, cut and masked anew each time they are read."""

    def __init__(
        self, examples: Examples, rows: Integers, tokenizer: Tokenizer, config: TrainingConfig, context: int
    ) -> None:
        self._examples, self._rows, self._tokenizer = examples, rows, tokenizer
        self._config, self._context = config, context

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Example:
        row = self._rows[place]
        ids = torch.from_numpy(np.asarray(self._examples.tokens[row], dtype=np.int64))
        start = int(torch.randint(max(len(ids) - self._context, 0) + 1, ()))
        ids = ids[start : start + self._context]
        label, offset = float(self._examples.labels[row]), float(self._examples.offsets[row])
        # PyTorch's generator, because the trainer's checkpoints hold its state.
        if self._config.neutral_share and float(torch.rand(())) < self._config.neutral_share:
            ids, label, offset = torch.full_like(ids, self._tokenizer.mask_id), 0.5, 0.0
        elif self._config.type_dropout:
            ids = type_dropout(ids, self._config.type_dropout, self._tokenizer.mask_id)
        return {"ids": ids.numpy(), "labels": label, "offsets": offset}


def type_dropout(ids: Tensor, share: float, mask_id: int) -> Tensor:
    """Replace token types by MASK wherever they occur in the sequence ``(T,)``, ``share`` of them on average.

    Consistent over the sequence, so that the model cannot rely on a repository's own vocabulary. The rate varies, so
    that the model has seen inputs like those on the path from all-MASK to the code.
    """
    types, inverse = torch.unique(ids, return_inverse=True)
    dropped = torch.rand(len(types)) < 2 * share * torch.rand(())
    return torch.where(dropped[inverse], mask_id, ids)


class WholeTexts(Dataset[Example]):
    """Rows as they are, from their beginning."""

    def __init__(self, examples: Examples, rows: Integers, context: int) -> None:
        self._examples, self._rows, self._context = examples, rows, context

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Example:
        row = self._rows[place]
        return {
            "ids": self._examples.tokens[row][: self._context],
            "labels": float(self._examples.labels[row]),
            "offsets": float(self._examples.offsets[row]),
        }


class PooledTexts(Dataset[Example]):
    """Rows of pooled states ``(n, D)`` of a frozen encoder."""

    def __init__(self, examples: Examples, rows: Integers, states: Floats32) -> None:
        self._examples, self._rows, self._states = examples, rows, states

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Example:
        row = self._rows[place]
        return {
            "states": self._states[row],
            "labels": float(self._examples.labels[row]),
            "offsets": float(self._examples.offsets[row]),
        }


def collate(batch: Sequence[Example], pad_id: int) -> dict[str, Tensor]:
    """The tensors of a batch: ``ids`` and ``mask`` ``(B, T)`` or ``states`` ``(B, D)``, ``labels`` and ``offsets``."""
    made = {name: torch.tensor([each[name] for each in batch]) for name in ("labels", "offsets")}
    if "states" in batch[0]:
        return made | {"states": torch.from_numpy(np.stack([each["states"] for each in batch]))}
    ids, mask = padded([each["ids"] for each in batch], pad_id)
    return made | {"ids": ids, "mask": mask}
