"""Training data: token sequences with labels, weights and offsets, and what training changes in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Integers, Integers32, Tokens
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


class Texts(Dataset[Example]):
    """``rows`` of ``examples``, each as ``read`` makes it of its number: by its ids or by its pooled state."""

    def __init__(self, examples: Examples, rows: Integers, read: Callable[[int], Example]) -> None:
        self._examples, self._rows, self._read = examples, rows, read

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> Example:
        row = int(self._rows[place])
        label, offset = float(self._examples.labels[row]), float(self._examples.offsets[row])
        return {"labels": label, "offsets": offset} | self._read(row)


def masked_text(ids: Integers32, tokenizer: Tokenizer, config: TrainingConfig, context: int) -> Example:
    """At most ``context`` of the ids ``(T,)``, cut and masked anew each time; see :class:`TrainingConfig`."""
    whole = torch.from_numpy(np.asarray(ids, dtype=np.int64))
    start = int(torch.randint(max(len(whole) - context, 0) + 1, ()))
    cut = whole[start : start + context]
    # PyTorch's generator, because the trainer's checkpoints hold its state.
    if config.neutral_share and float(torch.rand(())) < config.neutral_share:
        return {"ids": np.full(len(cut), tokenizer.mask_id), "labels": 0.5, "offsets": 0.0}
    if config.type_dropout:
        cut = type_dropout(cut, config.type_dropout, tokenizer.mask_id)
    return {"ids": cut.numpy()}


def type_dropout(ids: Tensor, share: float, mask_id: int) -> Tensor:
    """Replace token types by MASK wherever they occur in the sequence ``(T,)``, ``share`` of them on average.

    Consistent over the sequence, so that the model cannot rely on a repository's own vocabulary. The rate varies, so
    that the model has seen inputs like those on the path from all-MASK to the code.
    """
    types, inverse = torch.unique(ids, return_inverse=True)
    dropped = torch.rand(len(types)) < 2 * share * torch.rand(())
    return torch.where(dropped[inverse], mask_id, ids)


def collate(batch: Sequence[Example], pad_id: int) -> dict[str, Tensor]:
    """The tensors of a batch: ``ids`` and ``mask`` ``(B, T)`` or ``states`` ``(B, D)``, ``labels`` and ``offsets``."""
    made = {name: torch.tensor([example[name] for example in batch]) for name in ("labels", "offsets")}
    if "states" in batch[0]:
        return made | {"states": torch.from_numpy(np.stack([example["states"] for example in batch]))}
    ids, mask = padded([example["ids"] for example in batch], pad_id)
    return made | {"ids": ids, "mask": mask}
