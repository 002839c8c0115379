"""Train an encoder, phase by phase, with transformers' Trainer."""

import math
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import RandomSampler, Sampler, WeightedRandomSampler
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
from codeorigin_training.arrays import Floats, Floats32
from codeorigin_training.encoder.examples import Example, Examples, Texts, collate, masked_text
from codeorigin_training.encoder.inference import pooled_states
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.encoder.settings import Phase, Strategy, TrainingConfig
from codeorigin_training.encoder.trainer import (
    EpochReport,
    Metrics,
    TrainingError,
    arguments,
    device_named,
)
from codeorigin_training.run import Log


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
    """Train ``model`` in place, so that its logit, added to ``examples.offsets``, predicts the labels.

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
        if (trainer.state.best_metric or math.inf) >= at_start:
            log(f"phase {number + 1} lowered no loss and is dropped")
            model.load_state_dict(before)
        model.requires_grad_(True)
    model.cpu().eval()
    shutil.rmtree(folder, ignore_errors=True)


def frozen_states(
    model: Encoder, examples: Examples, tokenizer: Tokenizer, config: TrainingConfig
) -> Floats32:
    """States ``(n, D)`` that strategy ``frozen`` trains on, so that the encoder runs only once."""
    model.to(device_named(config.device))
    return pooled_states(model, examples.tokens, tokenizer, config.context)


class EncoderLoss(nn.Module):
    """An encoder with its loss: cross-entropy of the labels, with the offsets added to a single logit."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(
        self,
        labels: Tensor,
        offsets: Tensor,
        ids: Tensor | None = None,
        mask: Tensor | None = None,
        states: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """The mean ``loss`` over ``labels`` ``(B,)``, and the ``logits`` ``(B, K)``, of texts or of pooled states."""
        if states is None:
            assert ids is not None
            assert mask is not None
            states = self.encoder.summary(self.encoder.embed(ids), mask)
        logits = self.encoder.head(states).float()
        if logits.shape[1] == 1:
            loss = F.binary_cross_entropy_with_logits(logits[:, 0] + offsets, labels)
        else:
            loss = F.cross_entropy(logits, labels.long())
        return {"loss": loss, "logits": logits}


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
        if frozen is not None:
            return whole(row)
        return masked_text(examples.tokens[row], tokenizer, config, context)

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
            device=config.device,
            precision=config.precision,
            seed=config.seed,
            num_train_epochs=phase.epochs,
            per_device_train_batch_size=phase.batch,
            per_device_eval_batch_size=2 * phase.batch,
            gradient_accumulation_steps=phase.accumulate,
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
    logits, labels = torch.from_numpy(np.asarray(predicted.predictions)).double(), examples.labels[rows]
    if logits.shape[1] == 1:
        total = logits[:, 0] + torch.from_numpy(examples.offsets[rows])
        losses = F.binary_cross_entropy_with_logits(
            total, torch.from_numpy(labels).double(), reduction="none"
        )
        right = (total.numpy() > 0) == (labels == 1)
    else:
        losses = F.cross_entropy(logits, torch.from_numpy(labels), reduction="none")
        right = logits.argmax(dim=1).numpy() == labels
    weights = examples.validation_weights
    return {
        "cross_entropy": float(np.average(losses.numpy(), weights=weights)),
        "accuracy": float(np.average(right, weights=weights)),
    }
