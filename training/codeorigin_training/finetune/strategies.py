"""Schedules of learning rates: linear decay over all layers, gradual unfreezing, and plateaus for the head."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import nn

from codeorigin_training.finetune.config import FinetuneConfig, FrozenSettings, Strategy

Layers = Sequence[Sequence[nn.Parameter]]
"""Parameters from the embeddings (first) to the head (last), as returned by ``Encoder.layer_groups``."""


class Schedule(Protocol):
    """An optimizer with a schedule of its learning rates."""

    optimizer: torch.optim.Optimizer

    def prepare(self, progress: float, step: float) -> None:
        """Set the rates of the next step, given the share of the budget spent (in [0, 1)) and that of one step."""

    def validated(self, loss: float) -> None:
        """Report a validation loss to the schedule."""

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to resume training."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore :meth:`state_dict`."""


class LinearSchedule:
    """AdamW with warm-up, linear decay and a separate rate for every layer (ULMFiT, section 3.2)."""

    def __init__(self, layers: Layers, config: FinetuneConfig) -> None:
        self._layers, self._warm_up = layers, config.warm_up
        if config.strategy is Strategy.FULL and config.unfreeze:
            for layer in layers[: -config.unfreeze]:
                for parameter in layer:
                    parameter.requires_grad_(False)
        # As in ELECTRA and RoBERTa: a second-moment decay of 0.999 is too slow for runs of a few thousand steps.
        self.optimizer: torch.optim.Optimizer = torch.optim.AdamW(
            layer_rate_groups(layers, config), betas=(0.9, 0.98)
        )

    def prepare(self, progress: float, step: float) -> None:
        rise = 1.0 if self._warm_up == 0 else (progress + step) / max(self._warm_up, step)
        fall = (1.0 - progress) / (1.0 - self._warm_up)
        for group in self.optimizer.param_groups:
            group["lr"] = group["top_rate"] * max(0.0, min(1.0, rise, fall))

    def validated(self, loss: float) -> None:
        pass

    def state_dict(self) -> dict[str, Any]:
        return {"optimizer": self.optimizer.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.optimizer.load_state_dict(state["optimizer"])


class GradualSchedule(LinearSchedule):
    """The head first, then one more layer from the top in each equal part of the budget."""

    def __init__(self, layers: Layers, config: FinetuneConfig) -> None:
        super().__init__(layers, config)
        self._limit = min(config.unfreeze or len(layers), len(layers))
        self._show(1)

    def prepare(self, progress: float, step: float) -> None:
        super().prepare(progress, step)
        self._show(1 + int(progress * self._limit))

    def _show(self, count: int) -> None:
        count = min(count, self._limit)
        for place, layer in enumerate(self._layers):
            for parameter in layer:
                # AdamW does not touch a parameter without a gradient, not even with weight decay.
                parameter.requires_grad_(place >= len(self._layers) - count)


class PlateauSchedule:
    """Adam, with the rate reduced whenever a validation does not lower the loss."""

    def __init__(self, parameters: Sequence[nn.Parameter], settings: FrozenSettings) -> None:
        self.optimizer: torch.optim.Optimizer = torch.optim.Adam(parameters, lr=settings.learning_rate)
        self._plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(
            self.optimizer, factor=settings.plateau_factor, patience=0, threshold=0.0
        )

    def prepare(self, progress: float, step: float) -> None:
        pass

    def validated(self, loss: float) -> None:
        self._plateau.step(loss)

    def state_dict(self) -> dict[str, Any]:
        return {"optimizer": self.optimizer.state_dict(), "plateau": self._plateau.state_dict()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.optimizer.load_state_dict(state["optimizer"])
        self._plateau.load_state_dict(state["plateau"])


def make_schedule(layers: Layers, config: FinetuneConfig) -> Schedule:
    """The schedule of ``config.strategy`` over ``layers``."""
    if config.strategy is Strategy.FROZEN:
        return PlateauSchedule(list(layers[-1]), config.frozen)
    return (GradualSchedule if config.strategy is Strategy.GRADUAL else LinearSchedule)(layers, config)


def layer_rate_groups(layers: Layers, config: FinetuneConfig) -> list[dict[str, Any]]:
    """AdamW's groups: layer ``g`` of ``G`` gets ``learning_rate * layer_decay ** (G - 1 - g)``.

    Biases and norms, which have one dimension, have no weight decay.
    """
    groups: list[dict[str, Any]] = []
    for place, layer in enumerate(layers):
        rate = config.learning_rate * config.layer_decay ** (len(layers) - 1 - place)
        for decay, parameters in (
            (config.weight_decay, [parameter for parameter in layer if parameter.ndim >= 2]),
            (0.0, [parameter for parameter in layer if parameter.ndim < 2]),
        ):
            if parameters:
                groups.append({"params": parameters, "lr": rate, "top_rate": rate, "weight_decay": decay})
    return groups
