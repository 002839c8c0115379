"""The pretraining loop, with a budget of seconds or steps, on the CPU, one GPU or several."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator, DistributedDataParallelKwargs, PartialState
from accelerate.utils import broadcast

from codeorigin.errors import CodeOriginError
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Tokens
from codeorigin_training.encoder.interface import Encoder
from codeorigin_training.loops.averaging import WeightAverage
from codeorigin_training.loops.precision import Precision, autocast
from codeorigin_training.loops.running_means import RunningMeans
from codeorigin_training.loops.state import read_state, write_state
from codeorigin_training.pretrain.batches import Batcher, split_validation
from codeorigin_training.pretrain.config import PretrainConfig
from codeorigin_training.pretrain.masking import MaskingVocabulary
from codeorigin_training.pretrain.objective import PretrainObjective
from codeorigin_training.pretrain.packing import RowStream
from codeorigin_training.pretrain.state import (
    Clock,
    inputs_key,
    learning_rate_factor,
    tokens_hash,
)
from codeorigin_training.pretrain.syntax import SyntaxTargets
from codeorigin_training.run import Log

Measure = Callable[[int, Mapping[str, float]], None]
"""Called with the step and its figures."""


class PretrainError(CodeOriginError):
    """The documents or settings do not allow pretraining."""


def pretrain(
    tokens: Tokens,
    tokenizer: Tokenizer,
    encoder: Encoder,
    config: PretrainConfig,
    log: Log,
    checkpoint: Path | None = None,
    syntax: SyntaxTargets | None = None,
    measure: Measure | None = None,
) -> Encoder:
    """Train ``encoder`` on unlabelled code and return it, on the CPU and in evaluation mode.

    Args:
        tokens: token ids of every document, int32 ``(T,)`` of any length.
        tokenizer: the vocabulary of ``tokens`` and of ``encoder``.
        encoder: encoder with new or pretrained weights, trained in place.
        config: budget and recipe; its ``encoder`` and ``shape`` are not read here.
        log: called with a line every ``log_seconds``.
        checkpoint: file from which an interrupted run resumes, with the same result as without the interruption
            (bit-identical with a budget of steps on one device); None keeps nothing.
        syntax: targets of the tokens, required for a ``syntax_weight``.
        measure: called with the figures of the log, and at the end with those on held-out documents.

    Raises:
        PretrainError: no document has two tokens, a row does not fit the encoder, float16 was requested without a GPU,
            or targets are missing.
    """
    _check(tokens, encoder, config, syntax)
    names = len(syntax.names) if syntax is not None and config.syntax_weight else 0
    torch.manual_seed(config.seed)
    objective = PretrainObjective(encoder, MaskingVocabulary.of(tokenizer), config, names)
    trainer = _Trainer(objective, tokens, config, syntax)
    main = trainer.accelerator.is_main_process
    if checkpoint is not None and trainer.restore(checkpoint):
        log(f"going on from step {trainer.clock.step}, {trainer.clock.seconds:.0f} s")
    figures, clock = RunningMeans(), trainer.clock
    kept, logged = clock.seconds, clock.seconds
    while (progress := trainer.progress()) < 1:
        trainer.step(progress, figures)
        if main and clock.seconds - logged >= config.log_seconds:
            seen = figures.take(clock.seconds - logged)
            logged = clock.seconds
            log(f"step {clock.step}, {100 * min(1.0, clock.progress):.0f} %: {_line(seen)}")
            if measure is not None:
                measure(clock.step, seen)
        if main and checkpoint is not None and clock.seconds - kept >= config.checkpoint_seconds:
            trainer.keep(checkpoint)
            kept = clock.seconds
    if main and checkpoint is not None:
        trainer.keep(checkpoint)
    trainer.average.settle()
    if main and trainer.validation:
        unseen = trainer.batcher.validate(objective, trainer.validation, trainer.accelerator.device)
        log(f"step {clock.step}, {clock.seconds:.0f} s: {_line(unseen)}")
        if measure is not None:
            measure(clock.step, unseen)
    # A process that exits while others still communicate with it can be aborted by its network threads.
    trainer.accelerator.wait_for_everyone()
    trainer.accelerator.end_training()
    return encoder.to("cpu").eval()


class _Trainer:
    """The mutable state of a training run, and its steps."""

    def __init__(
        self,
        objective: PretrainObjective,
        tokens: Tokens,
        config: PretrainConfig,
        syntax: SyntaxTargets | None,
    ) -> None:
        # A step trains either the masked model's head or the detector's, so the other has no gradient.
        unused = DistributedDataParallelKwargs(find_unused_parameters=True)
        # On a GPU, Accelerate scales the loss for float16 itself.
        half = config.precision is Precision.FLOAT16 and not _on_cpu()
        self.accelerator = Accelerator(
            cpu=_on_cpu(), mixed_precision="fp16" if half else "no", kwargs_handlers=[unused]
        )
        self.objective, self.config, self.clock = objective, config, Clock(config)
        vocabulary, buckets = objective.vocabulary, objective.encoder.ngram_buckets
        self.batcher = Batcher(tokens, vocabulary, buckets, config, syntax)
        self.training, self.validation = split_validation(tokens, config)
        lengths = [len(tokens[number]) for number in self.training]
        self.stream = RowStream(lengths, config.row_length, config.seed)
        shapes = {name: tuple(each.shape) for name, each in objective.named_parameters()}
        self.key = inputs_key(config, tokens=tokens_hash(tokens), shapes=shapes)
        # With a short budget, small models learn more without dropout (Geiping and Goldstein, 2023).
        objective.train(config.dropout)
        optimizer = torch.optim.AdamW(_parameter_groups(objective, config), betas=(0.9, 0.98))
        self.model, self.optimizer = self.accelerator.prepare(objective, optimizer)
        self.average = WeightAverage(objective, config.averaging)

    def progress(self) -> float:
        """Share of the budget spent according to the first process, so that all stop at the same step."""
        if self.accelerator.num_processes == 1:
            return self.clock.progress
        return float(broadcast(torch.tensor(self.clock.progress, device=self.accelerator.device)))

    def step(self, progress: float, figures: RunningMeans) -> None:
        """Take one optimizer step at ``progress``."""
        config, rank, device = self.config, self.accelerator.process_index, self.accelerator.device
        workers = self.accelerator.num_processes
        # Every step has its own seed, so that a resumed run neither repeats nor skips anything.
        detect = bool(np.random.default_rng([config.seed, self.clock.step]).random() < config.detection_share)
        generator = np.random.default_rng([config.seed, self.clock.step, rank])
        torch.manual_seed(int(generator.integers(2**31)))
        # The rate at the middle of a step, so that with few steps neither the first nor the last has rate 0.
        middle = 0.5 / config.steps if config.steps is not None else 0.0
        for group in self.optimizer.param_groups:
            group["lr"] = config.learning_rate * learning_rate_factor(progress + middle, config.warm_up)
        for _ in range(config.accumulation):
            taken = self.stream.take(config.rows * workers)[rank::workers]
            rows = [
                [piece._replace(document=self.training[piece.document]) for piece in row] for row in taken
            ]
            examples = self.batcher.examples(rows, generator, only_mask=detect)
            count = int(examples.real.sum()) * workers
            examples = examples.to(device)
            with autocast(device, config.precision):
                outcome = self.model(examples, detect)
            self.accelerator.backward(outcome.loss / config.accumulation)
            figures.add(outcome.figures, tokens=count)
        self.accelerator.clip_grad_norm_(self.model.parameters(), config.clip)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        self.average.update()
        self.clock.step += 1

    def keep(self, path: Path) -> None:
        """Write everything that :meth:`restore` needs."""
        state = {
            "key": self.key,
            "objective": self.objective.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "average": self.average.state_dict(),
            "epoch": self.stream.epoch,
            "place": self.stream.place,
            "step": self.clock.step,
            "seconds": self.clock.seconds,
        }
        write_state(path, state)

    def restore(self, path: Path) -> bool:
        """Resume from ``path`` if it was written by a run with the same inputs; returns whether it was."""
        state = read_state(path, self.key)
        if state is None:
            return False
        self.objective.load_state_dict(state["objective"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        self.stream.seek(state["epoch"], state["place"])
        self.clock.step, self.clock.before = state["step"], state["seconds"]
        return True


def is_main_process() -> bool:
    """Whether this is the first, or the only, process of the training run."""
    main: bool = PartialState(cpu=_on_cpu()).is_main_process
    return main


def _on_cpu() -> bool:
    # Several processes can only cooperate on a CPU if Accelerate is told that there is no other device.
    return not torch.accelerator.is_available()


def _check(tokens: Tokens, encoder: Encoder, config: PretrainConfig, syntax: SyntaxTargets | None) -> None:
    if not any(len(ids) > 1 for ids in tokens):
        raise PretrainError("no document of two or more tokens: give pretraining a corpus with code in it")
    if config.row_length > encoder.packed_context:
        raise PretrainError(
            f"row_length {config.row_length} exceeds the encoder's context of {encoder.packed_context}: "
            f"set it to {encoder.packed_context} or less"
        )
    if config.precision is Precision.FLOAT16 and _on_cpu():
        raise PretrainError("float16 needs a GPU to pretrain on: set precision=bfloat16 or float32")
    if config.syntax_weight and syntax is None:
        raise PretrainError("syntax_weight needs syntax targets: make them by syntax_targets, or set it to 0")


def _parameter_groups(objective: PretrainObjective, config: PretrainConfig) -> list[dict[str, object]]:
    # The classifier is not pretrained, and weight decay alone would shrink it.
    own = {id(parameter) for parameter in objective.encoder.layer_groups()[-1]}
    trained = [parameter for parameter in objective.parameters() if id(parameter) not in own]
    return [
        {"params": [each for each in trained if each.ndim >= 2], "weight_decay": config.weight_decay},
        {"params": [each for each in trained if each.ndim < 2], "weight_decay": 0.0},
    ]


def _line(figures: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
