"""Which parameters learn at which rate: linear decay over all layers, gradual unfreezing, plateau on the head."""

from collections.abc import Sequence
from typing import Any, Protocol

import torch
from torch import nn

from codeorigin_training.finetune.config import FinetuneConfig, FrozenSettings, Strategy

Layers = Sequence[Sequence[nn.Parameter]]
"""Parameters from the embeddings (first) to the head (last), as ``Encoder.layer_groups`` gives them."""


class Schedule(Protocol):
    """An optimizer and what changes its rates while it runs."""

    optimizer: torch.optim.Optimizer

    def prepare(self, progress: float, step: float) -> None:
        """Set rates for the next step; ``progress`` of the budget in [0, 1) is spent, ``step`` is one step's share."""

    def validated(self, loss: float) -> None:
        """Take note of a validation loss."""

    def state_dict(self) -> dict[str, Any]:
        """Everything that a resumed training needs."""

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on from :meth:`state_dict`."""


class LinearSchedule:
    """AdamW with warm-up and linear decay, and a rate of its own for every layer (ULMFiT, section 3.2)."""

    def __init__(self, layers: Layers, config: FinetuneConfig) -> None:
        self._layers, self._warm_up = layers, config.warm_up
        if config.strategy is Strategy.FULL and config.unfreeze:
            for layer in layers[: -config.unfreeze]:
                for parameter in layer:
                    parameter.requires_grad_(False)
        # ELECTRA's and RoBERTa's second moment: 0.999 is too slow for runs of a few thousand steps.
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
    """The head first, then one more layer from the top in every equal part of the budget."""

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
                # Without a gradient AdamW leaves a parameter alone, weight decay included.
                parameter.requires_grad_(place >= len(self._layers) - count)


class PlateauSchedule:
    """Adam, its rate cut whenever a validation brings no lower loss."""

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

    Biases and norms, which have one dimension, do not decay.
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
