"""The command ``body``: fine-tunes and distils an adopted body within a time limit, on a machine with a GPU."""

import json
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch

from codeorigin_training.commands.distil import distil
from codeorigin_training.commands.finetune import FinetuneCommandConfig, finetune
from codeorigin_training.commands.pack import PackConfig, Packed, pack
from codeorigin_training.encoder.registry import save_encoder
from codeorigin_training.files import write_whole
from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.loops.precision import Precision
from codeorigin_training.pretrained.distil import DistilConfig
from codeorigin_training.pretrained.shards import read_shards
from codeorigin_training.run import Log, Run

_ENDLESS = 1_000_000
_DISTILLING = 0.25


def _on_a_gpu() -> FinetuneCommandConfig:
    """Rates and batches for a body of some hundred million parameters on a single large GPU."""
    return FinetuneCommandConfig(
        finetune=FinetuneConfig(
            steps=_ENDLESS,
            tokens_per_batch=32768,
            learning_rate=1e-4,
            layer_decay=0.9,
            weight_decay=0.01,
            type_dropout=0.2,
            ema=0.999,
            precision=Precision.BFLOAT16,
            checkpoint_every=500,
        ),
    )


@dataclass(frozen=True, slots=True)
class BodyCommandConfig:
    """How the time is spent, and where the results go.

    A quarter of the ``seconds`` of training goes to the distillation; every fold and the encoder of all rows get equal
    parts of the rest. Inference takes extra time. ``shards`` is a folder written by ``pack``, for a run without an
    adopted body. ``out`` gets the out-of-fold logits, the figures, and the student in parts of ``most_bytes``.
    """

    out: Path
    shards: Path | None = None
    seconds: float = 420.0
    finetune: FinetuneCommandConfig = field(default_factory=_on_a_gpu)
    distil: DistilConfig = field(
        default_factory=lambda: DistilConfig(
            finetune=FinetuneConfig(
                steps=_ENDLESS,
                tokens_per_batch=32768,
                learning_rate=3e-4,
                type_dropout=0.2,
                precision=Precision.BFLOAT16,
            )
        )
    )
    bits: int = 8
    most_bytes: int = 15_000_000

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError("seconds must be positive")


def body(config: BodyCommandConfig, run: Run, log: Log) -> None:
    """Fine-tune with cross-fitting, distil, and write all results that are needed elsewhere to ``config.out``.

    A later call in the same run reuses what earlier ones finished.

    Raises:
        RunError: the run has no adopted body, and ``config.shards`` names none.
        EncoderError: the shards are incomplete.
    """
    if not run.pretrained.is_file() and config.shards is not None:
        save_encoder(run.pretrained, read_shards(config.shards))
    run.needs(run.pretrained, "adopt")
    # Inference is in float32; let a GPU multiply its matrices in TF32.
    torch.set_float32_matmul_precision("high")
    config.out.mkdir(parents=True, exist_ok=True)
    each = config.seconds * (1 - _DISTILLING) / (config.finetune.deep_folds + 1)
    finetune(replace(config.finetune, finetune=replace(config.finetune.finetune, seconds=each)), run, log)
    shutil.copyfile(run.deep, config.out / run.deep.name)
    rest = replace(config.distil.finetune, seconds=config.seconds * _DISTILLING)
    distil(replace(config.distil, finetune=rest), run, log)
    pack(PackConfig(config.out / "student", Packed.STUDENT, config.bits, config.most_bytes), run, log)
    figures = json.loads(run.student.with_suffix(".json").read_text(encoding="utf-8"))
    write_whole(config.out / "body.json", json.dumps({"student": figures}, indent=1) + "\n")
