"""Low-rank adapters: the layers are frozen, and each of their matrices learns a small update (Hu et al., 2021).

They are PyTorch parametrizations, so that any code that reads a weight gets the updated one. Afterwards they are
merged, which leaves an ordinary encoder.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from codeorigin_training.encoder.interface import Encoder


class LowRank(nn.Module):
    """``weight + up @ down`` for a matrix ``(out, in)``; ``up`` starts at zero, so nothing changes at first."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        out_features, in_features = weight.shape
        self.down = nn.Parameter(torch.randn(rank, in_features) / in_features**0.5)
        self.up = nn.Parameter(torch.zeros(out_features, rank))

    def forward(self, weight: Tensor) -> Tensor:
        changed: Tensor = weight + self.up @ self.down
        return changed


@contextmanager
def low_rank_adapters(model: Encoder, rank: int) -> Iterator[None]:
    """Context in which only adapters of ``rank``, pooling and head of ``model`` are trained; merges them at its end.

    A ``rank`` of 0 changes nothing.
    """
    if rank == 0:
        yield
        return
    *below, _ = model.layer_groups()
    frozen = {id(parameter) for group in below for parameter in group}
    for group in below:
        for parameter in group:
            parameter.requires_grad_(False)
    layers = [
        module for module in model.modules() if isinstance(module, nn.Linear) and id(module.weight) in frozen
    ]
    for layer in layers:
        parametrize.register_parametrization(
            layer, "weight", LowRank(layer.weight, rank).to(layer.weight.device)
        )
    try:
        yield
    finally:
        for layer in layers:
            parametrize.remove_parametrizations(layer, "weight", leave_parametrized=True)
