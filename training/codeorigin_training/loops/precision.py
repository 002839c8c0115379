"""Arithmetic of a forward pass, and the scaling of gradients that half precision needs."""

from contextlib import AbstractContextManager
from enum import StrEnum

import torch


class Precision(StrEnum):
    """Of the forward pass; weights and optimiser stay float32.

    bfloat16 has the range of float32. float16 has not: small gradients would become 0, so its loss is scaled up before
    the backward pass (Micikevicius et al., 2018, "Mixed Precision Training", section 3.2).
    """

    FLOAT32 = "float32"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


def autocast(device: torch.device, precision: Precision) -> AbstractContextManager[None]:
    """Computes in ``precision`` inside it, where PyTorch thinks that safe."""
    dtype = torch.float16 if precision is Precision.FLOAT16 else torch.bfloat16
    return torch.autocast(device.type, dtype, enabled=precision is not Precision.FLOAT32)


def gradient_scaler(device: torch.device, precision: Precision) -> torch.amp.GradScaler:
    """Scales a loss up and its gradients down again, for float16 alone; steps with gradients beyond it are skipped."""
    return torch.amp.GradScaler(device.type, enabled=precision is Precision.FLOAT16)
