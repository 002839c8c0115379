"""The command ``pretrain``: pretrains the encoder of a run on the code of its corpus."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from contextlib import nullcontext

import torch

from codeorigin.model.folder import sha256_of
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.data.rows import FUNCTIONS
from codeorigin_training.data.sides import read_training_texts
from codeorigin_training.encoder.files import make_encoder, save_encoder
from codeorigin_training.encoder.inference import encode_rows
from codeorigin_training.encoder.pretraining import PretrainConfig, is_main_process
from codeorigin_training.encoder.pretraining import pretrain as train
from codeorigin_training.files import write_whole
from codeorigin_training.run import Log, Run
from codeorigin_training.tracking import Tracker, tracked


def pretrain(config: PretrainConfig, run: Run, log: Log) -> None:
    """Write ``run.pretrained``, and next to it ``pretrained.json``: what it was made from and its last figures.

    An interrupted pretraining resumes from its last epoch.

    Raises:
        RunError: the run lacks corpus or vocabulary.
        EncoderError: the named encoder cannot be loaded.
        TrainingError: pretraining is not possible with this corpus and these settings.
    """
    files = [run.needs(run.corpus, "corpus") / FUNCTIONS, run.needs(run.tokenizer, "tokenizer")]
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
    main = is_main_process()
    figures: dict[str, float] = {}
    with tracked(run, "pretrain", config) if main else nullcontext(Tracker(None)) as tracker:

        def measure(found: Mapping[str, float], step: int) -> None:
            figures.update(found, step=step)
            tracker.metrics(found, step)

        tokenizer, rows = Tokenizer.load(run.tokenizer), read_training_texts(run.corpus)
        tokens = encode_rows(rows, tokenizer)
        log(f"{len(rows)} functions, {sum(map(len, tokens))} tokens")
        torch.manual_seed(config.seed)
        encoder = make_encoder(config.encoder, run.tokenizer)
        train(tokens, run.tokenizer, encoder, config, run.folder / f"pretraining-{key}", log, measure)
        if main:
            save_encoder(run.pretrained, encoder)
            tracker.artifact(run.pretrained)
            write_whole(description, json.dumps({"inputs": inputs, "figures": figures}, indent=1) + "\n")
