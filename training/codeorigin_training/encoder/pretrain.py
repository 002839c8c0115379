"""The command ``pretrain``: masked language modelling on the code of a run, with transformers' Trainer and collator."""

import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import Field
from pydantic.dataclasses import dataclass
from torch import Tensor
from torch.utils.data import Dataset
from transformers import (
    DataCollatorForLanguageModeling,
    EvalPrediction,
    PrinterCallback,
    RobertaForMaskedLM,
    Trainer,
)
from transformers.trainer_utils import get_last_checkpoint

from codeorigin.model.folder import sha256_of
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Integers, Tokens
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import FUNCTIONS
from codeorigin_training.data.sides import read_training_texts
from codeorigin_training.encoder.files import make_encoder, save_encoder
from codeorigin_training.encoder.inference import encode_rows
from codeorigin_training.encoder.model import Encoder
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.encoder.tokenizer import library_tokenizer
from codeorigin_training.encoder.trainer import EpochReport, Metrics, TrainingError, arguments
from codeorigin_training.run import Log, Run, digest_of
from codeorigin_training.tracking import tracked

_UNMASKED = -100
_SHORTEST = 2
"""Minimum number of tokens of a piece; a single token has no context to learn from."""


@dataclass(frozen=True, config=STRICT)
class PretrainConfig:
    """The encoder and its pretraining.

    Each of the ``epochs`` reads all code once, in pieces of at most ``context`` tokens, ``batch`` at a time; ``steps``
    instead of 0 sets the number of steps. A token is masked with probability ``mask_rate`` (Devlin et al., 2019: 80 %
    of them by MASK, 10 % by a random token). The learning rate rises over the share ``warm_up`` and falls linearly to
    zero. ``validation_share`` of the documents are held out and measured after each epoch.
    """

    encoder: EncoderConfig = EncoderConfig()
    epochs: int = Field(default=1, ge=1)
    steps: int = Field(default=0, ge=0)
    batch: int = Field(default=32, ge=1)
    context: int = Field(default=256, ge=8)
    learning_rate: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=0.01, ge=0)
    warm_up: float = Field(default=0.05, ge=0, lt=1)
    mask_rate: float = Field(default=0.15, gt=0, lt=1)
    validation_share: float = Field(default=0.01, gt=0, lt=1)
    seed: int = 0


def pretrain(config: PretrainConfig, run: Run) -> None:
    """Write ``run.pretrained``, unless it is there of the same inputs.

    An interrupted pretraining resumes from its last epoch.

    Raises:
        RunError: the run lacks corpus or vocabulary.
        EncoderError: the named encoder cannot be loaded.
        TrainingError: pretraining is not possible with this corpus and these settings.
    """
    files = [run.needs(run.corpus, "corpus") / FUNCTIONS, run.needs(run.tokenizer, "tokenizer")]
    inputs = [asdict(config), *map(sha256_of, files)]
    checkpoints = run.folder / f"pretraining-{digest_of(inputs)}"
    run.cached("pretrain", inputs, lambda: _write(config, run, checkpoints), [run.pretrained])


def _write(config: PretrainConfig, run: Run, checkpoints: Path) -> None:
    with tracked(run, "pretrain", config) as tracker:
        tokenizer, rows = Tokenizer.load(run.tokenizer), read_training_texts(run.corpus)
        tokens = encode_rows(rows, tokenizer)
        run.log(f"{len(rows)} functions, {sum(map(len, tokens))} tokens")
        torch.manual_seed(config.seed)
        encoder = make_encoder(config.encoder, run.tokenizer)
        train_body(tokens, run.tokenizer, encoder, config, checkpoints, run.log, tracker.metrics)
        save_encoder(run.pretrained, encoder)
        tracker.artifact(run.pretrained)


def train_body(
    tokens: Tokens,
    vocabulary: Path,
    encoder: Encoder,
    config: PretrainConfig,
    folder: Path,
    log: Log,
    metrics: Metrics = lambda figures, step: None,
) -> None:
    """Train the body of ``encoder`` in place; it ends on the CPU and in evaluation mode.

    Args:
        tokens: token ids of every document, int32 ``(T,)`` of any length.
        vocabulary: the ``tokenizer.json`` of ``tokens`` and of ``encoder``.
        encoder: encoder with new or pretrained weights.
        config: budget and recipe; its ``encoder`` is not read here.
        folder: for checkpoints; an interrupted pretraining resumes from it, and removes it at its end.
        log: called with a line for each epoch.
        metrics: called with the figures of each epoch.

    Raises:
        TrainingError: there is too little code, or the loss became NaN or infinite.
    """
    pieces = Pieces(tokens, min(config.context, encoder.context), encoder.frame_ids)
    order = np.random.default_rng(config.seed).permutation(len(pieces))
    held_out = max(1, int(len(pieces) * config.validation_share))
    if len(pieces) <= held_out:
        raise TrainingError("too little code to pretrain on: give a corpus with more functions")
    body = encoder.body
    torch.manual_seed(config.seed)
    model = RobertaForMaskedLM(body.config)
    model.roberta = body
    model.tie_weights()
    trainer = Trainer(
        model=model,
        args=arguments(
            folder,
            seed=config.seed,
            num_train_epochs=config.epochs,
            max_steps=config.steps or -1,
            per_device_train_batch_size=config.batch,
            per_device_eval_batch_size=config.batch,
            learning_rate=config.learning_rate,
            weight_decay=config.weight_decay,
            lr_scheduler_type="linear",
            warmup_steps=config.warm_up,
        ),
        train_dataset=torch.utils.data.Subset(pieces, order[held_out:].tolist()),
        eval_dataset=torch.utils.data.Subset(pieces, order[:held_out].tolist()),
        data_collator=DataCollatorForLanguageModeling(
            library_tokenizer(vocabulary), mlm_probability=config.mask_rate
        ),
        compute_metrics=_figures,
        # The logits of all tokens would not fit in memory.
        preprocess_logits_for_metrics=_answers,
        callbacks=[EpochReport(log, metrics)],
    )
    trainer.remove_callback(PrinterCallback)
    folder.mkdir(parents=True, exist_ok=True)
    trainer.train(resume_from_checkpoint=get_last_checkpoint(str(folder)))  # type: ignore[no-untyped-call]
    encoder.to("cpu").eval()
    shutil.rmtree(folder, ignore_errors=True)


class Pieces(Dataset[dict[str, Any]]):
    """Documents, each ``(T,)``, in pieces of at most ``context`` tokens between the tokens of the ``frame``, if any."""

    def __init__(self, tokens: Tokens, context: int, frame: tuple[int, int] | None) -> None:
        self._tokens, self._context, self._frame = tokens, context, frame
        self._places = [
            (document, start)
            for document, ids in enumerate(tokens)
            for start in range(0, len(ids), context)
            if len(ids) - start >= _SHORTEST
        ]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, place: int) -> dict[str, Any]:
        document, start = self._places[place]
        ids = self._tokens[document][start : start + self._context].tolist()
        if self._frame is None:
            return {"input_ids": ids, "special_tokens_mask": [0] * len(ids)}
        first, last = self._frame
        return {"input_ids": [first, *ids, last], "special_tokens_mask": [1, *[0] * len(ids), 1]}


def _answers(logits: Any, labels: Tensor) -> Tensor:
    """The likeliest token ``(B, T)`` of logits ``(B, T, V)``, and its loss in nats: ``(B, T, 2)``."""
    flat = logits[0] if isinstance(logits, tuple) else logits
    losses = torch.nn.functional.cross_entropy(flat.float().transpose(1, 2), labels, reduction="none")
    return torch.stack([flat.argmax(dim=-1).float(), losses], dim=-1)


def _figures(predicted: EvalPrediction) -> dict[str, float]:
    answers: Integers = np.asarray(predicted.predictions)
    labels = np.asarray(predicted.label_ids)
    masked = labels != _UNMASKED
    return {
        "cross_entropy": float(answers[..., 1][masked].mean()) if masked.any() else 0.0,
        "accuracy": float((answers[..., 0] == labels)[masked].mean()) if masked.any() else 0.0,
    }
