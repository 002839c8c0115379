"""The key and the clock of a pretraining run."""

import dataclasses
import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from codeorigin_training.arrays import Tokens
from codeorigin_training.pretrain.config import PretrainConfig

_OF_NO_EFFECT = ("checkpoint_seconds", "log_seconds")


def _now() -> float:
    return time.monotonic()


@dataclass(slots=True)
class Clock:
    """Steps done and seconds trained, over all resumed runs of one pretraining."""

    config: PretrainConfig
    step: int = 0
    before: float = 0.0
    started: float = dataclasses.field(default_factory=_now)

    @property
    def seconds(self) -> float:
        """Seconds of training."""
        return self.before + _now() - self.started

    @property
    def progress(self) -> float:
        """Share of the budget spent; 1 or more at the end."""
        if self.config.steps is not None:
            return self.step / self.config.steps
        return self.seconds / self.config.seconds


def learning_rate_factor(progress: float, warm_up: float) -> float:
    """Share of the peak learning rate: rises over ``warm_up`` of the budget, then falls to 0 at its end."""
    return max(0.0, min(progress / warm_up, (1.0 - progress) / (1.0 - warm_up)))


def inputs_key(config: PretrainConfig, **inputs: Any) -> str:
    """A hash of everything that pretraining depends on; only a run with the same key may be resumed."""
    settings = {
        name: value for name, value in dataclasses.asdict(config).items() if name not in _OF_NO_EFFECT
    }
    text = json.dumps({"config": settings, **inputs}, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def tokens_hash(tokens: Tokens) -> str:
    """A hash of all documents, each ``(T,)``, that also depends on their boundaries."""
    digest = hashlib.sha256()
    for ids in tokens:
        digest.update(len(ids).to_bytes(8, "little"))
        digest.update(ids.astype("<i4").tobytes())
    return digest.hexdigest()[:16]
