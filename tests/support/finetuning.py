"""Examples and configurations that the tests of fine-tuning share."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from codeorigin_training.corpus.rows import Row
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.data import encode_rows
from codeorigin_training.finetune.config import FinetuneConfig, FrozenSettings, Strategy
from codeorigin_training.finetune.examples import Examples, Groups
from support.tiny_training import tiny_rows, tiny_shape, tiny_tokenizer

QUICK = FinetuneConfig(
    steps=6,
    tokens_per_batch=512,
    learning_rate=5e-3,
    type_dropout=0.1,
    train_context=64,
    checkpoint_every=2,
    log_every=2,
    frozen=FrozenSettings(learning_rate=1e-2, epochs=3),
    device="cpu",
)


def paired_rows(count: int = 24) -> list[Row]:
    """Tiny rows, two to a repository; those of every third repository are a same-task pair."""
    rows = tiny_rows(count)
    return [
        replace(row, pair=f"task{number // 2}") if number // 2 % 3 == 0 else row
        for number, row in enumerate(rows)
    ]


def examples_of(rows: Sequence[Row], validation: int = 0) -> Examples:
    """Training examples of ``rows``, the last ``validation`` of them set apart."""
    weights = np.ones(len(rows))
    weights[len(rows) - validation :] = 0
    return Examples(
        tokens=encode_rows(rows, tiny_tokenizer()),
        labels=np.array([row.label for row in rows], dtype=np.int64),
        weights=weights,
        offsets=np.zeros(len(rows)),
        groups=Groups.of(rows),
        validation=np.arange(len(rows) - validation, len(rows)),
        validation_weights=np.ones(validation),
    )


def fresh_model(layers: int = 2) -> CompactEncoder:
    """A small encoder, the same at every call."""
    torch.manual_seed(5)
    return CompactEncoder(tiny_shape(layers))


def group_values(model: CompactEncoder) -> list[list[Tensor]]:
    """Copies of the parameters of every layer group."""
    return [[parameter.detach().clone() for parameter in group] for group in model.layer_groups()]


def changed_groups(before: list[list[Tensor]], after: list[list[Tensor]]) -> list[bool]:
    """Whether any parameter of each group differs."""
    return [
        any(not torch.equal(left, right) for left, right in zip(old, new, strict=True))
        for old, new in zip(before, after, strict=True)
    ]


def of_strategy(strategy: Strategy, **changes: object) -> FinetuneConfig:
    """:data:`QUICK` with another strategy."""
    return replace(QUICK, strategy=strategy, **changes)  # type: ignore[arg-type]
