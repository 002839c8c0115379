"""Everything that changes while a training runs: progress, weights, optimizer and random numbers, on disk too."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.finetune.strategies import Schedule


@dataclass(slots=True)
class Progress:
    """How far a training has come; ``worse`` counts validations since the best one."""

    step: int = 0
    round: int = 0
    position: int = 0
    seconds: float = 0.0
    tokens: int = 0
    best: float = float("inf")
    worse: int = 0
    ended: bool = False

    def spent(self, config: FinetuneConfig) -> float:
        """The share of the budget that is used up."""
        by_time = self.seconds / config.seconds if config.seconds else 0.0
        return max(self.step / config.steps, by_time)


class TrainingState:
    """Everything that changes while a training runs, in memory and on disk."""

    def __init__(
        self, module: nn.Module, schedule: Schedule, config: FinetuneConfig, path: Path | None, key: str
    ) -> None:
        self.progress = Progress()
        self._module, self._schedule, self._path, self._key = module, schedule, path, key
        self._best: dict[str, Tensor] | None = None
        self._averaged: AveragedModel | None = None
        if config.ema:
            average = get_ema_multi_avg_fn(config.ema)  # type: ignore[no-untyped-call]
            self._averaged = AveragedModel(module, multi_avg_fn=average)

    def average(self) -> None:
        if self._averaged is not None:
            self._averaged.update_parameters(self._module)

    def candidate(self) -> "_Swapped":
        """Inside it the module has the weights that would be kept."""
        return _Swapped(self._module, None if self._averaged is None else self._averaged.module)

    def keep_best(self) -> None:
        self._best = _copied(self._module)

    def settle(self) -> None:
        """Give the module the weights that the training ends with."""
        if self._best is not None:
            self._module.load_state_dict(self._best)
        elif self._averaged is not None:
            self._module.load_state_dict(self._averaged.module.state_dict())

    def save(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        content: dict[str, Any] = {
            "key": self._key,
            "progress": asdict(self.progress),
            "module": self._module.state_dict(),
            "schedule": self._schedule.state_dict(),
            "averaged": None if self._averaged is None else self._averaged.state_dict(),
            "best": self._best,
            "random": torch.get_rng_state(),
            "cuda_random": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        }
        partial = self._path.with_name(f"partial-{self._path.name}")
        torch.save(content, partial)
        partial.replace(self._path)

    def load(self) -> bool:
        if self._path is None or not self._path.is_file():
            return False
        content = torch.load(self._path, weights_only=True, map_location="cpu")
        if content["key"] != self._key:
            return False
        for name, value in content["progress"].items():
            setattr(self.progress, name, value)
        self._module.load_state_dict(content["module"])
        self._schedule.load_state_dict(content["schedule"])
        if self._averaged is not None:
            self._averaged.load_state_dict(content["averaged"])
        self._best = content["best"]
        torch.set_rng_state(content["random"])
        if content["cuda_random"]:
            torch.cuda.set_rng_state_all(content["cuda_random"])
        return True


class _Swapped:
    """Lends a module the weights of another one of its shape, or its own."""

    def __init__(self, module: nn.Module, other: nn.Module | None) -> None:
        self._module, self._other = module, other

    def __enter__(self) -> None:
        if self._other is not None:
            self._own = _copied(self._module)
            self._module.load_state_dict(self._other.state_dict())

    def __exit__(self, *_: object) -> None:
        if self._other is not None:
            self._module.load_state_dict(self._own)


def _copied(module: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in module.state_dict().items()}
