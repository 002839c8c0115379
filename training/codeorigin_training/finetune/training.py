"""Fine-tune an encoder with the strategy named in its configuration."""

from dataclasses import dataclass, replace
from pathlib import Path

import torch

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.interface import Encoder
from codeorigin_training.finetune.config import FinetuneConfig, Strategy
from codeorigin_training.finetune.examples import Examples
from codeorigin_training.finetune.inference import States, neutral_states, pooled_states
from codeorigin_training.finetune.learners import SequenceLearner, StateLearner
from codeorigin_training.finetune.loop import Log, Metrics, fit
from codeorigin_training.finetune.objective import Objective
from codeorigin_training.finetune.state import Progress
from codeorigin_training.finetune.strategies import make_schedule


@dataclass(frozen=True, slots=True)
class Outlets:
    """Outputs of a training run: log lines, curves, and the ``checkpoint`` file, valid for inputs named by ``key``."""

    log: Log = print
    metrics: Metrics = lambda figures, step: None
    checkpoint: Path | None = None
    key: str = ""


def finetune(
    model: Encoder,
    examples: Examples,
    tokenizer: Tokenizer,
    config: FinetuneConfig,
    outlets: Outlets,
    states: States | None = None,
    objective: Objective | None = None,
) -> Progress:
    """Train ``model`` in place, so that its logit, added to ``examples.offsets``, predicts the labels.

    If there is a second phase, the best weights of both phases are kept, so a worse second phase changes nothing.

    Args:
        model: left in evaluation mode on the CPU, with gradients enabled for all parameters.
        examples: training examples.
        tokenizer: tokenizer of the examples.
        config: strategy, budget, losses and sampling.
        outlets: log, curves and checkpoint.
        states: pooled states ``(n, D)`` of the examples for strategy ``frozen`` (:func:`frozen_states`); computed if
            None.
        objective: objective to use instead of the labels; not for strategy ``frozen``.

    Raises:
        TrainingError: the loss became NaN or infinite.
        EncoderError: the encoder does not support gradient checkpointing.
    """
    progress = _phase(model, examples, tokenizer, config, outlets, states, objective)
    if (second := config.second()) is not None:
        file = outlets.checkpoint
        behind = None if file is None else file.with_name(f"{file.stem}-second{file.suffix}")
        outlets.log("second phase: layers learn too")
        offset = progress.step
        progress = _phase(
            model,
            examples,
            tokenizer,
            second,
            replace(
                outlets,
                metrics=lambda figures, step: outlets.metrics(figures, offset + step),
                checkpoint=behind,
                key=f"{outlets.key}-second",
            ),
            None,
            objective,
            start_counts=True,
        )
        if behind is not None:
            behind.unlink(missing_ok=True)
    model.cpu().eval()
    return progress


def _phase(
    model: Encoder,
    examples: Examples,
    tokenizer: Tokenizer,
    config: FinetuneConfig,
    outlets: Outlets,
    states: States | None,
    objective: Objective | None,
    *,
    start_counts: bool = False,
) -> Progress:
    device = device_of(config)
    model.to(device)
    model.checkpoint_activations(config.gradient_checkpointing)
    schedule = make_schedule(model.layer_groups(), config)
    learner: SequenceLearner | StateLearner
    if config.strategy is Strategy.FROZEN:
        if states is None:
            states = frozen_states(model, examples, tokenizer, config)
        masked = neutral_states(model, tokenizer, config.train_context)
        learner = StateLearner(model, states, masked, examples, config, device)
        frozen = config.frozen
        config = by_epochs(config, frozen.epochs, learner.epoch, 1, frozen.patience)
    else:
        learner = SequenceLearner(model, examples, tokenizer, config, device, objective)
        if config.epochs:
            config = by_epochs(config, config.epochs, learner.epoch, config.accumulate, config.patience)
    progress = fit(
        learner,
        schedule,
        config,
        log=outlets.log,
        metrics=outlets.metrics,
        checkpoint=outlets.checkpoint,
        key=outlets.key,
        start_counts=start_counts,
    )
    model.checkpoint_activations(False)
    for parameter in model.parameters():
        parameter.requires_grad_(True)
    return progress


def frozen_states(model: Encoder, examples: Examples, tokenizer: Tokenizer, config: FinetuneConfig) -> States:
    """States ``(n, D)`` that strategy ``frozen`` trains on, so that the encoder runs only once."""
    model.to(device_of(config))
    return pooled_states(model, examples.tokens, tokenizer, config.train_context)


def device_of(config: FinetuneConfig) -> torch.device:
    """The device named by ``config.device``."""
    return device_named(config.device)


def device_named(name: str) -> torch.device:
    """The device called ``name``; ``auto`` selects a GPU if there is one."""
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)


def by_epochs(
    config: FinetuneConfig, epochs: int, batches: int, accumulate: int, patience: int
) -> FinetuneConfig:
    """``config`` with a budget of ``epochs`` of ``batches`` each, with a log line and a validation after each epoch."""
    steps = -(-batches // accumulate)
    return replace(
        config,
        steps=epochs * steps,
        seconds=0.0,
        accumulate=accumulate,
        validate_every=steps,
        log_every=steps,
        checkpoint_every=min(config.checkpoint_every, steps),
        patience=patience,
    )
