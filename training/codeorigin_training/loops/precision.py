"""Precision of the forward pass, and the gradient scaling that half precision needs."""

from contextlib import AbstractContextManager
from enum import StrEnum

import torch


class Precision(StrEnum):
    """Precision of the forward pass; weights and optimiser stay float32.

    bfloat16 has the range of float32. float16 does not: small gradients would underflow to 0, so the loss is scaled up
    before the backward pass (Micikevicius et al., 2018, "Mixed Precision Training", section 3.2).
    """

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[None]:
    """Context that computes in ``precision`` wherever PyTorch considers that safe."""
    dtype = torch.float16 if precision is Precision.FLOAT16 else torch.bfloat16
    return torch.autocast(device.type, dtype, enabled=precision is not Precision.FLOAT32)


def gradient_scaler(device: torch.device, precision: Precision) -> torch.amp.GradScaler:
    """Gradient scaler for float16, disabled for other precisions; it skips steps whose gradients overflow."""
    return torch.amp.GradScaler(device.type, enabled=precision is Precision.FLOAT16)
