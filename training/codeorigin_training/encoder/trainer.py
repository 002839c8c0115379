"""transformers' Trainer as this project uses it: quiet, seeded, with a line for each epoch."""

import logging
import math
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from torch import Tensor, nn
from torch.utils.data import Dataset
from transformers import (
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
)
from transformers.trainer_utils import IntervalStrategy
from transformers.utils.logging import disable_progress_bar

from codeorigin.core.errors import CodeOriginError
from codeorigin_training.run import Log

Metrics = Callable[[dict[str, float], int], None]
"""Called with figures by name and their step."""

Batch = dict[str, Any]


class TrainingError(CodeOriginError):
    """Training cannot continue."""


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
        **kwargs: Any,
    ) -> None:
        logs = kwargs["logs"]
        if "loss" in logs:
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
        **kwargs: Any,
    ) -> None:
        if not state.global_step:
            return
        metrics = kwargs["metrics"]
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


def arguments(folder: Path, *, seed: int, **more: Any) -> TrainingArguments:
    """Arguments of a quiet, seeded training that keeps its best and its last epoch in ``folder``.

    It uses a GPU if there is one.
    """
    logging.getLogger("transformers.trainer").setLevel(logging.ERROR)
    disable_progress_bar()  # type: ignore[no-untyped-call]
    settings: dict[str, Any] = {
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


class _Batches(Dataset[Batch]):
    def __init__(self, batch_of: Callable[[int], Batch], count: int) -> None:
        self._batch_of, self._count = batch_of, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> Batch:
        return {"batch": self._batch_of(place)}


class _WithLoss(nn.Module):
    def __init__(self, model: nn.Module, loss: Callable[..., Tensor]) -> None:
        super().__init__()
        self.model, self._loss = model, loss

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        return {"loss": self._loss(**batch)}


def fit_batches(
    model: nn.Module,
    batch_of: Callable[[int], Batch],
    loss: Callable[..., Tensor],
    *,
    batches: int,
    epochs: int,
    learning_rate: float,
    seed: int,
    log: Log,
    weight_decay: float = 0.0,
) -> None:
    """Train ``model`` on the CPU, so that ``loss`` falls, a function of the parts of a batch; no epoch is better.

    An epoch has ``batches`` batches, which ``batch_of`` makes by their numbers, or at random.

    Raises:
        TrainingError: the loss became NaN or infinite.
    """
    with TemporaryDirectory() as folder:
        made = arguments(
            Path(folder),
            use_cpu=True,
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
            model=_WithLoss(model, loss),
            args=made,
            train_dataset=_Batches(batch_of, batches),
            data_collator=itemgetter(0),
            callbacks=[EpochReport(log, lambda figures, step: None)],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    model.eval()
