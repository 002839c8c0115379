"""The command ``pack``: writes an encoder of a run to small files with few bits per weight, for other machines."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from codeorigin_training.encoder.registry import load_encoder
from codeorigin_training.pretrained.shards import write_shards
from codeorigin_training.run import Log, Run


class Packed(StrEnum):
    """Which encoder of a run: as adopted, after fine-tuning, or distilled from the fine-tuned one."""

    PRETRAINED = "pretrained"
    FINETUNED = "finetuned"
    STUDENT = "student"


@dataclass(frozen=True, slots=True)
class PackConfig:
    """``encoder`` is written to the folder ``out`` with ``bits`` (4 or 8), in files of at most ``most_bytes``."""

    out: Path
    encoder: Packed = Packed.PRETRAINED
    bits: int = 4
    most_bytes: int = 15_000_000

    def __post_init__(self) -> None:
        if self.bits not in (4, 8) or self.most_bytes < 1:
            raise ValueError("bits must be 4 or 8, most_bytes positive")


def pack(config: PackConfig, run: Run, log: Log) -> None:
    """Write the shards.

    Raises:
        EncoderError: the run has no such encoder.
    """
    path = {
        Packed.PRETRAINED: run.pretrained,
        Packed.FINETUNED: run.finetuned,
        Packed.STUDENT: run.student,
    }[config.encoder]
    parts = write_shards(load_encoder(path), config.out, bits=config.bits, most_bytes=config.most_bytes)
    log(f"{config.out}: {len(parts)} parts, {sum(part.stat().st_size for part in parts) / 1e6:.1f} MB")
