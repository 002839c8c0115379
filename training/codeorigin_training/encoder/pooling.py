"""Pools token states into one state per sequence, by operations whose gradient can be exported."""

from enum import StrEnum

import torch
from torch import Tensor, nn

MASKED = -1e4
"""Added to masked scores: its exponential is 0 in float32 and bfloat16, and it is finite in float16."""


class Pooling(StrEnum):
    """The mean of the states, a mean with learned weights, the maximum of every channel, or the first state.

    ``CLS`` is the state of the token that an encoder with a frame puts before every sequence (Devlin et al., 2019,
    section 3), or that of the first token if there is no frame.
    """

    MEAN = "mean"
    ATTENTION = "attention"
    MAX = "max"
    CLS = "cls"


class AttentionPool(nn.Module):
    """Mean of the states weighted by the softmax of a learned direction; starts as the plain mean.

    Source: Hierarchical Attention Networks (Yang et al., 2016), without their tanh layer.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.direction = nn.Parameter(torch.zeros(width))

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """``(B, D)`` of states ``(B, T, D)`` and mask ``(B, T)``."""
        scores = hidden @ self.direction + (1.0 - mask.to(hidden.dtype)) * MASKED
        pooled: Tensor = (hidden * scores.softmax(dim=-1)[:, :, None]).sum(dim=1)
        return pooled


class MeanPool(nn.Module):
    """Mean over the tokens that ``mask`` keeps; zeros if it keeps none."""

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """``(B, D)`` of states ``(B, T, D)`` and mask ``(B, T)``."""
        weights = mask.to(hidden.dtype)[:, :, None]
        pooled: Tensor = (hidden * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1.0)
        return pooled


class MaxPool(nn.Module):
    """Maximum of every channel over the tokens that ``mask`` keeps."""

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """``(B, D)`` of states ``(B, T, D)`` and mask ``(B, T)``."""
        pooled: Tensor = (hidden + (1.0 - mask.to(hidden.dtype))[:, :, None] * MASKED).amax(dim=1)
        return pooled


class FirstPool(nn.Module):
    """The state of the first token."""

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """``(B, D)`` of states ``(B, T, D)``; ``mask`` ``(B, T)`` is ignored, as padding comes last."""
        return hidden[:, 0]


def make_pool(pooling: Pooling, width: int) -> nn.Module:
    """The module of ``pooling`` over states of ``width`` channels."""
    if pooling is Pooling.ATTENTION:
        return AttentionPool(width)
    if pooling is Pooling.CLS:
        return FirstPool()
    return MaxPool() if pooling is Pooling.MAX else MeanPool()
