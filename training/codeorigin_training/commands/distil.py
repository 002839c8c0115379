"""The command ``distil``: trains a small encoder to predict the logits of the run's fine-tuned encoder."""

import json
from dataclasses import replace
from pathlib import Path

from codeorigin.model.folder import sha256_of
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.encoder.registry import load_encoder, save_encoder
from codeorigin_training.files import write_whole
from codeorigin_training.finetune.training import Outlets
from codeorigin_training.pretrain.texts import read_training_texts, text_files
from codeorigin_training.pretrained.distil import DistilConfig
from codeorigin_training.pretrained.distil import distil as train
from codeorigin_training.run import Log, Run


def distil(config: DistilConfig, run: Run, log: Log) -> None:
    """Write ``run.student``, and next to it ``student.json``: how closely it follows its teacher.

    It is trained on the run's training functions and its unlabelled ones. An interrupted distillation resumes from its
    checkpoint.

    Raises:
        RunError: the run has no fine-tuned encoder.
        EncoderError: the fine-tuned encoder is not a decoder, or has too few layers.
    """
    run.needs(run.finetuned, "finetune")
    checkpoint = run.folder / "distilling.pt"
    outlets = Outlets(log=lambda line: log(f"distil: {line}"), checkpoint=checkpoint, key=_key(config, run))
    student, figures = train(
        load_encoder(run.finetuned),
        read_training_texts(run.corpus),
        Tokenizer.load(run.tokenizer),
        config,
        outlets,
    )
    save_encoder(run.student, student)
    write_whole(run.student.with_suffix(".json"), json.dumps(figures, indent=1) + "\n")
    checkpoint.unlink(missing_ok=True)
    log(
        f"student of {config.layers} layers: correlation with its teacher "
        f"{figures['correlation_before']:.3f} before, {figures['correlation']:.3f} after"
    )


def _key(config: DistilConfig, run: Run) -> str:
    files: list[Path] = [run.finetuned, run.tokenizer, *text_files(run.corpus)]
    # A call with a longer budget resumes from one with a shorter budget.
    endless = replace(config, finetune=replace(config.finetune, seconds=0.0))
    return f"{endless} {[sha256_of(path) for path in files]}"
