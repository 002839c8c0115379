"""Train an encoder, phase by phase, with transformers' Trainer."""

import logging
import math
import shutil
from collections.abc import Callable, Sequence
from functools import partial
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
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
from transformers.trainer_utils import IntervalStrategy, get_last_checkpoint
from transformers.utils.logging import disable_progress_bar

from codeorigin.errors import CodeOriginError
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Floats32
from codeorigin_training.encoder.examples import (
    Examples,
    PooledTexts,
    TrainingTexts,
    WholeTexts,
    collate,
)
from codeorigin_training.encoder.inference import pooled_states
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.encoder.settings import Phase, Precision, Strategy, TrainingConfig

Log = Callable[[str], None]
Metrics = Callable[[dict[str, float], int], None]
"""Called with figures by name and their step."""


class TrainingError(CodeOriginError):
    """Training cannot continue."""


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


def device_named(name: str) -> torch.device:
    """The device called ``name``; ``auto`` selects a GPU if there is one."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)


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


class EpochReport(TrainerCallback):
    """Passes the figures of every epoch on, and stops a training whose loss is not a number."""

    def __init__(self, log: Log, metrics: Metrics, name: str = "", steps: int = 0) -> None:
        """Begin each line with ``name``; ``steps`` were done before."""
        self._log, self._metrics, self._name, self._steps = log, metrics, name, steps
        self._loss = math.nan

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        if logs is not None and "loss" in logs:
            self._loss = float(logs["loss"])
            figures = {"train/loss": self._loss, "learning_rate": float(logs["learning_rate"])}
            self._metrics(figures, self._steps + state.global_step)
            if args.eval_strategy == IntervalStrategy.NO:
                self._log(f"{self._name}epoch {state.epoch or 0:.0f}: loss {self._loss:.4f}")

    def on_evaluate(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        metrics: dict[str, float] | None = None,
        **kwargs: Any,
    ) -> None:
        if metrics is None or not state.global_step:
            return
        found = {"loss": metrics["eval_cross_entropy"], "accuracy": metrics["eval_accuracy"]}
        self._metrics(
            {f"validation/{name}": value for name, value in found.items()}, self._steps + state.global_step
        )
        if not math.isfinite(found["loss"]):
            raise TrainingError(f"the loss is not a number at step {state.global_step}; lower learning_rate")
        self._log(
            f"{self._name}epoch {state.epoch or 0:.0f}: loss {self._loss:.4f}, validation loss {found['loss']:.4f}, "
            f"accuracy {found['accuracy']:.4f}"
        )


def arguments(
    folder: Path, *, device: str, precision: Precision, seed: int, **more: Any
) -> TrainingArguments:
    """Arguments of a quiet, seeded training that keeps its best and its last epoch in ``folder``."""
    logging.getLogger("transformers.trainer").setLevel(logging.ERROR)
    disable_progress_bar()  # type: ignore[no-untyped-call]
    settings: dict[str, Any] = {
        "use_cpu": device_named(device).type == "cpu",
        "bf16": precision is Precision.BFLOAT16,
        "fp16": precision is Precision.FLOAT16,
        # As in ELECTRA and RoBERTa: a second-moment decay of 0.999 is too slow for runs of a few thousand steps.
        "adam_beta2": 0.98,
        "logging_strategy": "epoch",
        "eval_strategy": "epoch",
        "save_strategy": "epoch",
        "save_total_limit": 1,
        "dataloader_pin_memory": False,
        "remove_unused_columns": False,
        "report_to": [],
        "disable_tqdm": True,
        "seed": seed,
    }
    return TrainingArguments(output_dir=str(folder), **settings | more)


def fit_batches(
    model: nn.Module,
    batches: Dataset[dict[str, Any]],
    *,
    epochs: int,
    learning_rate: float,
    seed: int,
    log: Log,
    weight_decay: float = 0.0,
    device: str = "cpu",
) -> None:
    """Train ``model``, whose answer has a ``loss``, on batches that ``batches`` makes itself; no epoch is better.

    Raises:
        TrainingError: the loss became NaN or infinite.
    """
    with TemporaryDirectory() as folder:
        made = arguments(
            Path(folder),
            device=device,
            precision=Precision.FLOAT32,
            seed=seed,
            num_train_epochs=epochs,
            per_device_train_batch_size=1,
            learning_rate=learning_rate,
            weight_decay=weight_decay,
            lr_scheduler_type="linear",
            warmup_steps=0.1,
            eval_strategy="no",
            save_strategy="no",
        )
        trainer = Trainer(
            model=model,
            args=made,
            train_dataset=batches,
            data_collator=itemgetter(0),
            callbacks=[EpochReport(log, lambda figures, step: None)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    model.eval()


def _phase(
    model: Encoder,
    examples: Examples,
    tokenizer: Tokenizer,
    config: TrainingConfig,
    phase: Phase,
    folder: Path,
    states: Floats32 | None,
) -> Trainer:
    frozen = phase.strategy is Strategy.FROZEN
    context, drawn, groups = min(config.context, model.context), examples.drawn, model.layer_groups()
    if frozen:
        assert states is not None
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
        train_dataset=PooledTexts(examples, drawn, states)
        if frozen and states is not None
        else TrainingTexts(examples, drawn, tokenizer, config, context),
        eval_dataset=PooledTexts(examples, examples.validation, states)
        if frozen and states is not None
        else WholeTexts(examples, examples.validation, context),
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
