"""The command ``pretrain``: pretrains the encoder of a run on the code of its corpus."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from contextlib import nullcontext

import torch

from codeorigin.model.folder import sha256_of
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.corpus.rows import FUNCTIONS
from codeorigin_training.encoder.data import encode_rows
from codeorigin_training.encoder.interface import Encoder
from codeorigin_training.encoder.registry import make_encoder, save_encoder
from codeorigin_training.files import write_whole
from codeorigin_training.pretrain import loop
from codeorigin_training.pretrain.config import PretrainConfig
from codeorigin_training.pretrain.syntax import syntax_targets
from codeorigin_training.pretrain.texts import read_training_texts
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import NullTracker, Tracker, tracked

CHECKPOINT = "pretraining.pt"


def pretrain(config: PretrainConfig, run: Run, log: Log) -> None:
    """Write ``run.pretrained``, and next to it ``pretrained.json``: what it was made from and its last figures.

    An interrupted pretraining resumes from ``pretraining.pt`` in the run's folder, which is removed at the end.

    Raises:
        RunError: the run lacks corpus or vocabulary.
        EncoderError: the named encoder cannot be loaded.
        PretrainError: pretraining is not possible with this corpus and these settings.
    """
    run.needs(run.corpus, "corpus")
    run.needs(run.tokenizer, "tokenizer")
    files = [run.corpus / FUNCTIONS, run.tokenizer]
    # Through JSON, to be comparable with what is read from the file.
    inputs = json.loads(
        json.dumps(
            {"config": dataclasses.asdict(config), "files": {path.name: sha256_of(path) for path in files}}
        )
    )
    description = run.pretrained.with_suffix(".json")
    known = json.loads(description.read_text(encoding="utf-8")) if description.is_file() else {}
    if run.pretrained.is_file() and known.get("inputs") == inputs:
        log(f"{run.pretrained} is there")
        return
    key = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]
    # All processes end with the same weights; only one of them reports and writes.
    main = loop.is_main_process()
    with tracked(run, "pretrain", config, key=key) if main else nullcontext(NullTracker()) as tracker:
        encoder, figures = _train(config, run, log, tracker)
        if main:
            save_encoder(run.pretrained, encoder)
            tracker.artifact(run.pretrained)
    if not main:
        return
    text = json.dumps({"inputs": inputs, "figures": figures}, indent=1)
    write_whole(description, text + "\n")
    (run.folder / CHECKPOINT).unlink(missing_ok=True)


def _train(config: PretrainConfig, run: Run, log: Log, tracker: Tracker) -> tuple[Encoder, dict[str, float]]:
    """The trained encoder, and the last value of every figure."""
    tokenizer = Tokenizer.load(run.tokenizer)
    rows = read_training_texts(run.corpus)
    tokens = encode_rows(rows, tokenizer)
    log(f"{len(rows)} functions, {sum(map(len, tokens))} tokens")
    syntax = None
    if config.syntax_weight:
        syntax = syntax_targets(rows, tokenizer, config.syntax_types, config.syntax_depths)
    figures: dict[str, float] = {}

    def measure(step: int, seen: Mapping[str, float]) -> None:
        figures.update(seen, step=step)
        tracker.metrics(seen, step)

    encoder = _encoder(config, run)
    loop.pretrain(tokens, tokenizer, encoder, config, log, run.folder / CHECKPOINT, syntax, measure)
    return encoder, figures


def _encoder(config: PretrainConfig, run: Run) -> Encoder:
    torch.manual_seed(config.seed)
    return make_encoder(config.encoder, run.tokenizer, config.shape, kind=config.vocabulary)
