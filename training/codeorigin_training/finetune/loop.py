"""The training loop: accumulation, clipping, averaging, validation, a budget, and resumable checkpoints."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from codeorigin.errors import CodeOriginError
from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.finetune.objective import Validation
from codeorigin_training.finetune.sampling import Draw
from codeorigin_training.finetune.state import Progress, TrainingState
from codeorigin_training.finetune.strategies import Schedule
from codeorigin_training.loops.precision import gradient_scaler
from codeorigin_training.loops.running_means import RunningMeans

Log = Callable[[str], None]
Metrics = Callable[[dict[str, float], int], None]
"""Called with figures by name and their step."""


class TrainingError(CodeOriginError):
    """Training cannot continue."""


@dataclass(frozen=True, slots=True)
class StepLoss:
    """Scalar ``loss`` with a gradient, its detached ``parts``, and the number of ``tokens`` read."""

    loss: Tensor
    parts: dict[str, Tensor]
    tokens: int


class Learner(Protocol):
    """A model and its batches and losses, as the loop needs them."""

    module: nn.Module

    def round(self, generator: np.random.Generator) -> Sequence[Draw]:
        """The next round of batches."""

    def loss(self, draw: Draw, generator: np.random.Generator) -> StepLoss:
        """The loss of one batch; ``generator`` determines all augmentation."""

    def validation(self) -> Validation | None:
        """Loss and accuracy on the validation rows, or None if there are none."""


def fit(
    learner: Learner,
    schedule: Schedule,
    config: FinetuneConfig,
    *,
    log: Log,
    metrics: Metrics,
    checkpoint: Path | None = None,
    key: str = "",
    start_counts: bool = False,
) -> Progress:
    """Train ``learner.module`` in place; it ends with its best, else its averaged, else its last weights.

    Args:
        learner: model, batches and losses.
        schedule: optimizer and rates.
        config: budget, accumulation, clipping, averaging, validation and seed.
        log: called with a line now and then.
        metrics: called with the points of the curves.
        checkpoint: file to resume from and to write to; the caller removes it once the result is saved.
        key: identifies everything that the training depends on; a checkpoint with another key is not used.
        start_counts: whether the initial weights are candidates for the best weights.
    """
    torch.manual_seed(config.seed)
    scaler = gradient_scaler(next(learner.module.parameters()).device, config.precision)
    state = TrainingState(learner.module, schedule, scaler, config, checkpoint, key)
    if state.load():
        log(f"goes on from step {state.progress.step}")
    elif start_counts:
        _count_start(learner, state, log)
    progress = state.progress
    window = _Window(progress)
    learner.module.train()
    for draws in _steps(learner, progress, config):
        schedule.prepare(progress.spent(config), 1 / config.steps)
        schedule.optimizer.zero_grad(set_to_none=True)
        rows = sum(len(draw.rows) for draw in draws)
        for number, draw in enumerate(draws):
            generator = np.random.default_rng([config.seed, 1, progress.step, number])
            result = learner.loss(draw, generator)
            share = len(draw.rows) / rows
            scaler.scale(result.loss * share).backward()  # type: ignore[no-untyped-call]
            window.add(result, share)
        scaler.unscale_(schedule.optimizer)
        nn.utils.clip_grad_norm_(learner.module.parameters(), config.clip)
        scaler.step(schedule.optimizer)
        scaler.update()
        progress.step += 1
        state.average()
        window.tick()
        if config.validate_every and progress.step % config.validate_every == 0:
            _validate(learner, state, schedule, config, metrics, log)
        if progress.step % config.log_every == 0:
            _report(window, schedule, config, metrics, log)
        if progress.step % config.checkpoint_every == 0:
            state.save()
    if not window.empty:
        _report(window, schedule, config, metrics, log)
    if config.validate_every and not progress.ended and progress.step % config.validate_every:
        _validate(learner, state, schedule, config, metrics, log)
    progress.ended = True
    state.save()
    state.settle()
    learner.module.eval()
    return progress


def _steps(learner: Learner, progress: Progress, config: FinetuneConfig) -> Iterator[list[Draw]]:
    """Batches of every step, from ``progress`` until the budget is spent."""
    while not progress.ended:
        # A round depends only on the seed and its number, so that resumed training sees the same one.
        draws = learner.round(np.random.default_rng([config.seed, 0, progress.round]))
        while progress.position < len(draws):
            if progress.ended or progress.spent(config) >= 1:
                return
            start, progress.position = progress.position, progress.position + config.accumulate
            yield list(draws[start : progress.position])
        progress.round, progress.position = progress.round + 1, 0


def _count_start(learner: Learner, state: TrainingState, log: Log) -> None:
    learner.module.eval()
    if (found := learner.validation()) is not None:
        state.keep_best()
        state.progress.best = found.loss
        log(f"validation loss {found.loss:.4f} at the start")


def _validate(
    learner: Learner,
    state: TrainingState,
    schedule: Schedule,
    config: FinetuneConfig,
    metrics: Metrics,
    log: Log,
) -> None:
    progress = state.progress
    learner.module.eval()
    with state.candidate():
        found = learner.validation()
        if found is not None and found.loss < progress.best:
            state.keep_best()
    learner.module.train()
    if found is None:
        return
    loss = found.loss
    schedule.validated(loss)
    metrics({"validation/loss": loss, "validation/accuracy": found.accuracy}, progress.step)
    best = " (best)" if loss < progress.best else ""
    log(f"step {progress.step} validation loss {loss:.4f} accuracy {found.accuracy:.4f}{best}")
    progress.worse = 0 if loss < progress.best else progress.worse + 1
    progress.best = min(progress.best, loss)
    progress.ended = bool(config.patience) and progress.worse >= config.patience


class _Window:
    """Averages and speed since the last log line."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self._before, self._started, self._since = progress.seconds, time.monotonic(), progress.seconds
        self._means = RunningMeans()

    @property
    def empty(self) -> bool:
        return self._means.empty

    def add(self, result: StepLoss, share: float) -> None:
        self._means.add({"loss": result.loss.detach(), **result.parts}, result.tokens, share)
        self.progress.tokens += result.tokens

    def tick(self) -> None:
        self.progress.seconds = self._before + time.monotonic() - self._started

    def close(self, schedule: Schedule) -> dict[str, float]:
        means = self._means.take(self.progress.seconds - self._since)
        speed = means.pop("tokens_per_second")
        figures = {f"train/{name}": value for name, value in means.items()}
        figures["tokens_per_second"] = speed
        figures["learning_rate"] = max(group["lr"] for group in schedule.optimizer.param_groups)
        self._since = self.progress.seconds
        return figures


def _report(window: _Window, schedule: Schedule, config: FinetuneConfig, metrics: Metrics, log: Log) -> None:
    progress, figures = window.progress, window.close(schedule)
    if not math.isfinite(figures["train/loss"]):
        raise TrainingError(f"the loss is not a number at step {progress.step}; lower finetune.learning_rate")
    metrics(figures, progress.step)
    parts = " ".join(
        f"{name.removeprefix('train/')} {value:.4f}"
        for name, value in figures.items()
        if name.startswith("train/")
    )
    speed = f"{figures['tokens_per_second']:.0f} tokens/s" if figures["tokens_per_second"] else ""
    log(f"step {progress.step}/{config.steps} {parts} {speed} {progress.seconds:.0f} s")
