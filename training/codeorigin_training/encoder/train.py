"""Train an encoder, phase by phase, with transformers' Trainer: the examples, the phases, and the best epoch."""

import math
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import Dataset, RandomSampler, Sampler, WeightedRandomSampler
from transformers import (
    EarlyStoppingCallback,
    EvalPrediction,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.trainer_utils import get_last_checkpoint

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Floats32, Integers, Integers32, Tokens
from codeorigin_training.data.rows import Row
from codeorigin_training.data.splits import unit_hash
from codeorigin_training.encoder.inference import padded, pooled_states
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.encoder.settings import Phase, Strategy, TrainingConfig
from codeorigin_training.encoder.trainer import (
    EpochReport,
    Metrics,
    TrainingError,
    arguments,
)
from codeorigin_training.run import Log

Example = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Examples:
    """``n`` rows to train on.

    Args:
        tokens: token ids of every row, int32, of any length.
        labels: int64 ``(n,)``, 1 for LLM.
        weights: ``(n,)``; rows are drawn in proportion to their weight, those for validation with weight 0.
        validation: indices of rows used to choose the best epoch.
        validation_weights: ``(len(validation),)``.
    """

    tokens: Tokens
    labels: Integers
    weights: Floats
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
        return {"labels": float(self._examples.labels[row])} | self._read(row)


def cut_text(ids: Integers32, context: int) -> Example:
    """At most ``context`` of the ids ``(T,)``, from a random place."""
    # PyTorch's generator, because the trainer's checkpoints hold its state.
    start = int(torch.randint(max(len(ids) - context, 0) + 1, ()))
    return {"ids": ids[start : start + context]}


def collate(batch: Sequence[Example], pad_id: int) -> dict[str, Tensor]:
    """The tensors of a batch: ``ids`` and ``mask`` ``(B, T)`` or ``states`` ``(B, D)``, and ``labels`` ``(B,)``."""
    made = {"labels": torch.tensor([example["labels"] for example in batch])}
    if "states" in batch[0]:
        return made | {"states": torch.from_numpy(np.stack([example["states"] for example in batch]))}
    ids, mask = padded([example["ids"] for example in batch], pad_id)
    return made | {"ids": ids, "mask": mask}


def train(
    model: Encoder,
    examples: Examples,
    tokenizer: Tokenizer,
    config: TrainingConfig,
    folder: Path,
    log: Log,
    metrics: Metrics = lambda figures, step: None,
    states: Floats32 | None = None,
) -> None:
    """Train ``model`` in place, so that its logit predicts the labels.

    Args:
        model: left in evaluation mode on the CPU, with the weights of the best epoch of all phases.
        examples: training examples.
        tokenizer: tokenizer of the examples.
        config: the phases, and how texts are read.
        folder: for checkpoints; an interrupted training with the same arguments resumes from it, and removes it at
            its end.
        log: called with a line for each epoch.
        metrics: called with the figures of each epoch.
        states: pooled states ``(n, D)`` of the examples for strategy ``frozen`` (:func:`frozen_states`); computed if
            None.

    Raises:
        TrainingError: there is nothing to train on or to validate on, or the loss became NaN or infinite.
    """
    if not len(examples.drawn) or not len(examples.validation):
        raise TrainingError(
            "no row is left to train on, or none to validate on; give more repositories, or another validation_share"
        )
    steps = 0
    for number, phase in enumerate(config.phases):
        if phase.strategy is Strategy.FROZEN and states is None:
            states = frozen_states(model, examples, tokenizer, config)
        trainer = _phase(model, examples, tokenizer, config, phase, folder / str(number), states)
        trainer.remove_callback(PrinterCallback)
        trainer.add_callback(EpochReport(log, metrics, f"phase {number + 1}, ", steps))
        before = {name: value.detach().clone() for name, value in model.state_dict().items()}
        at_start = trainer.evaluate()["eval_cross_entropy"] if number else math.inf
        trainer.train(resume_from_checkpoint=get_last_checkpoint(str(folder / str(number))))  # type: ignore[no-untyped-call]
        steps += trainer.state.global_step
        best = trainer.state.best_metric
        if best is None or best >= at_start:
            log(f"phase {number + 1} lowered no loss and is dropped")
            model.load_state_dict(before)
        model.requires_grad_(True)
    model.cpu().eval()
    shutil.rmtree(folder, ignore_errors=True)


def frozen_states(
    model: Encoder, examples: Examples, tokenizer: Tokenizer, config: TrainingConfig
) -> Floats32:
    """States ``(n, D)`` that strategy ``frozen`` trains on, so that the encoder runs only once."""
    return pooled_states(model, examples.tokens, tokenizer, config.context)


class EncoderLoss(nn.Module):
    """An encoder with its loss, the cross-entropy of the labels."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(
        self,
        labels: Tensor,
        ids: Tensor | None = None,
        mask: Tensor | None = None,
        states: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """The mean ``loss`` over ``labels`` ``(B,)``, and the ``logits`` ``(B,)``, of texts or of pooled states."""
        if states is None:
            assert ids is not None
            assert mask is not None
            states = self.encoder.summary(self.encoder.embed(ids), mask)
        logits = self.encoder.head(states).float().squeeze(-1)
        return {"loss": F.binary_cross_entropy_with_logits(logits, labels), "logits": logits}


class _Trainer(Trainer):
    """Draws rows by weight, if there are weights."""

    weights: Floats | None = None

    def _get_train_sampler(self, train_dataset: Any = None) -> Sampler[int]:
        if self.weights is None:
            return RandomSampler(self.train_dataset)  # type: ignore[arg-type]
        return WeightedRandomSampler(self.weights.tolist(), len(self.weights))


class GradualUnfreezing(TrainerCallback):
    """The top layer group first, then one more from the top in each equal part of the training."""

    def __init__(self, groups: Sequence[Sequence[nn.Parameter]], layers: int) -> None:
        self._groups, self._most = groups, min(layers or len(groups), len(groups))

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        # Only now, because the optimizer takes what can be trained when it is made.
        self._show(1)

    def on_step_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any
    ) -> None:
        self._show(1 + int(state.global_step / state.max_steps * self._most))

    def _show(self, count: int) -> None:
        for place, group in enumerate(self._groups):
            for parameter in group:
                # AdamW does not touch a parameter without a gradient, not even with weight decay.
                parameter.requires_grad_(place >= len(self._groups) - min(count, self._most))


def _phase(
    model: Encoder,
    examples: Examples,
    tokenizer: Tokenizer,
    config: TrainingConfig,
    phase: Phase,
    folder: Path,
    states: Floats32 | None,
) -> Trainer:
    context, drawn, groups = min(config.context, model.context), examples.drawn, model.layer_groups()

    def whole(row: int) -> Example:
        return {"ids": examples.tokens[row][:context]} if frozen is None else {"states": frozen[row]}

    def learnt(row: int) -> Example:
        return whole(row) if frozen is not None else cut_text(examples.tokens[row], context)

    frozen = states if phase.strategy is Strategy.FROZEN else None
    if frozen is not None:
        model.requires_grad_(False)
        model.head.requires_grad_(True)
        schedule: dict[str, Any] = {
            "lr_scheduler_type": "reduce_lr_on_plateau",
            "lr_scheduler_kwargs": {"factor": 0.5, "patience": 0, "threshold": 0.0},
        }
    else:
        schedule = {"lr_scheduler_type": "linear", "warmup_steps": phase.warm_up}
        if phase.strategy is Strategy.FULL and phase.layers:
            for group in groups[: -phase.layers]:
                for parameter in group:
                    parameter.requires_grad_(False)
    trainer = _Trainer(
        model=EncoderLoss(model),
        args=arguments(
            folder,
            seed=config.seed,
            num_train_epochs=phase.epochs,
            per_device_train_batch_size=phase.batch,
            per_device_eval_batch_size=2 * phase.batch,
            learning_rate=phase.learning_rate,
            weight_decay=phase.weight_decay,
            load_best_model_at_end=True,
            metric_for_best_model="eval_cross_entropy",
            greater_is_better=False,
            label_names=["labels"],
            **schedule,
        ),
        train_dataset=Texts(examples, drawn, learnt),
        eval_dataset=Texts(examples, examples.validation, whole),
        data_collator=partial(collate, pad_id=tokenizer.pad_id),
        compute_metrics=partial(_figures, examples),
        callbacks=[
            EarlyStoppingCallback(phase.patience),
            *([GradualUnfreezing(groups, phase.layers)] if phase.strategy is Strategy.GRADUAL else []),
        ],
    )
    if not config.each_row_once:
        trainer.weights = examples.weights[drawn]
    return trainer


def _figures(examples: Examples, predicted: EvalPrediction) -> dict[str, float]:
    """Weighted mean cross-entropy and accuracy of the validation rows."""
    rows = examples.validation
    logits, labels = np.asarray(predicted.predictions, dtype=np.float64), examples.labels[rows]
    signs = np.where(labels == 1, 1.0, -1.0)
    weights = examples.validation_weights
    return {
        "cross_entropy": float(np.average(np.logaddexp(0.0, -signs * logits), weights=weights)),
        "accuracy": float(np.average((logits > 0) == (labels == 1), weights=weights)),
    }
