"""An exponential moving average of a module's weights (Izmailov et al., 2018; Tarvainen and Valpola, 2017)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class WeightAverage:
    """The moving average of ``module``'s weights; with a ``decay`` of 0, all methods do nothing."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self._module = module
        self._averaged: AveragedModel | None = None
        if decay:
            average = get_ema_multi_avg_fn(decay)  # type: ignore[no-untyped-call]
            self._averaged = AveragedModel(module, multi_avg_fn=average)

    def update(self) -> None:
        """Add the weights after a step to the average."""
        if self._averaged is not None:
            self._averaged.update_parameters(self._module)

    def settle(self) -> None:
        """Load the averaged weights into the module permanently."""
        if self._averaged is not None:
            self._module.load_state_dict(self._averaged.module.state_dict())

    @contextmanager
    def lent(self) -> Iterator[None]:
        """Context in which the module has the averaged weights."""
        if self._averaged is None:
            yield
            return
        own = copied(self._module)
        self.settle()
        try:
            yield
        finally:
            self._module.load_state_dict(own)

    def state_dict(self) -> dict[str, Any]:
        """Everything needed to resume training."""
        return {} if self._averaged is None else self._averaged.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore :meth:`state_dict`."""
        if self._averaged is not None:
            self._averaged.load_state_dict(state)


def copied(module: nn.Module) -> dict[str, Tensor]:
    """A copy of the module's weights by name, each with its own shape, such as ``(D, D)``."""
    return {name: value.detach().clone() for name, value in module.state_dict().items()}
