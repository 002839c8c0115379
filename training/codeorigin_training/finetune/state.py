"""The state of a training run: progress, weights, optimizer and random state, in memory and on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.finetune.strategies import Schedule
from codeorigin_training.loops.averaging import WeightAverage, copied
from codeorigin_training.loops.state import random_state, read_state, set_random_state, write_state


@dataclass(slots=True)
class Progress:
    """Progress of a training run; ``worse`` counts validations since the best one."""

    step: int = 0
    round: int = 0
    position: int = 0
    seconds: float = 0.0
    tokens: int = 0
    best: float = float("inf")
    worse: int = 0
    ended: bool = False

    def spent(self, config: FinetuneConfig) -> float:
        """The share of the budget that is spent."""
        by_time = self.seconds / config.seconds if config.seconds else 0.0
        return max(self.step / config.steps, by_time)


class TrainingState:
    """Everything that changes during training, in memory and on disk."""

    def __init__(
        self,
        module: nn.Module,
        schedule: Schedule,
        scaler: torch.amp.GradScaler,
        config: FinetuneConfig,
        path: Path | None,
        key: str,
    ) -> None:
        self.progress = Progress()
        self._module, self._schedule, self._scaler = module, schedule, scaler
        self._path, self._key = path, key
        self._best: dict[str, Tensor] | None = None
        self._average = WeightAverage(module, config.ema)

    def average(self) -> None:
        self._average.update()

    @contextmanager
    def candidate(self) -> Iterator[None]:
        """Context in which the module has the weights that would be kept."""
        with self._average.lent():
            yield

    def keep_best(self) -> None:
        self._best = copied(self._module)

    def settle(self) -> None:
        """Load the final weights into the module."""
        if self._best is not None:
            self._module.load_state_dict(self._best)
        else:
            self._average.settle()

    def save(self) -> None:
        if self._path is None:
            return
        content = {
            "key": self._key,
            "progress": asdict(self.progress),
            "module": self._module.state_dict(),
            "schedule": self._schedule.state_dict(),
            "scaler": self._scaler.state_dict(),
            "averaged": self._average.state_dict(),
            "best": self._best,
        }
        write_state(self._path, content | random_state())

    def load(self) -> bool:
        content = None if self._path is None else read_state(self._path, self._key)
        if content is None:
            return False
        for name, value in content["progress"].items():
            setattr(self.progress, name, value)
        self._module.load_state_dict(content["module"])
        self._schedule.load_state_dict(content["schedule"])
        self._scaler.load_state_dict(content["scaler"])
        self._average.load_state_dict(content["averaged"])
        self._best = content["best"]
        set_random_state(content)
        return True
