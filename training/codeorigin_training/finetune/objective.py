"""The loss of a batch: the sum of all its parts, with the wide part's logit as offset of every row."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from codeorigin_training.arrays import Floats
from codeorigin_training.finetune.config import LossSettings
from codeorigin_training.finetune.examples import Examples
from codeorigin_training.finetune.losses import consistency, contrastive, cross_entropy, pair_loss
from codeorigin_training.finetune.sampling import Draw


@dataclass(frozen=True, slots=True)
class Output:
    """A model's output for the ``B`` rows of a batch, in each of ``V`` views.

    ``logits`` ``(V, B)``, or ``(V, B, K)`` for K labels, do not include offsets; ``states`` ``(V, B, D)`` are None if
    they are not trained. ``neutral`` ``(B,)`` marks rows whose text was masked.
    """

    logits: Tensor
    states: Tensor | None
    neutral: Tensor


@dataclass(frozen=True, slots=True)
class Validation:
    """Mean ``loss`` on the validation rows, and the share of them on the correct side of 0."""

    loss: float
    accuracy: float


class Objective:
    """Losses against the labels of the examples; holds labels, offsets and tasks on one device."""

    def __init__(self, examples: Examples, device: torch.device) -> None:
        self._labels = torch.from_numpy(examples.labels.astype(np.float32)).to(device)
        self._offsets = torch.from_numpy(examples.offsets.astype(np.float32)).to(device)
        self._tasks = torch.from_numpy(examples.groups.tasks).to(device)

    def loss(self, output: Output, draw: Draw, settings: LossSettings) -> tuple[Tensor, dict[str, Tensor]]:
        """The weighted sum of all losses of one batch, and its parts, all scalars."""
        device = output.logits.device
        rows, neutral = torch.from_numpy(draw.rows).to(device), output.neutral
        offsets = torch.where(neutral, 0.0, self._offsets[rows])
        targets = torch.where(neutral, 0.5, self._labels[rows])
        logits = output.logits.float()
        parts = {"cross_entropy": cross_entropy(logits, offsets.expand_as(logits), targets.expand_as(logits))}
        loss = parts["cross_entropy"]
        # Masked rows have no correct side.
        right = ((logits + offsets > 0) == (targets > 0.5)).float() * ~neutral
        parts["accuracy"] = right.sum() / ((~neutral).sum() * len(logits)).clamp(min=1)
        if settings.consistency:
            parts["consistency"] = consistency(logits[0] + offsets, logits[1] + offsets)
            loss = loss + settings.consistency * parts["consistency"]
        if settings.contrastive and output.states is not None:
            views = len(output.states)
            parts["contrastive"] = contrastive(
                output.states[:, ~neutral].flatten(0, 1),
                self._labels[rows][~neutral].repeat(views),
                self._tasks[rows][~neutral].repeat(views),
                temperature=settings.temperature,
                hard_negative=settings.hard_negative,
            )
            loss = loss + settings.contrastive * parts["contrastive"]
        if settings.pair:
            left, right = torch.from_numpy(draw.couples.T).to(device)
            shown = ~(neutral[left] | neutral[right])
            left, right = left[shown], right[shown]
            sign = self._labels[rows][left] * 2 - 1
            total = logits + offsets
            difference = (sign * (total[:, left] - total[:, right])).flatten()
            parts["pair"] = pair_loss(difference, settings.pair_kind, settings.margin)
            loss = loss + settings.pair * parts["pair"]
        return loss, {name: part.detach() for name, part in parts.items()}

    def validation(self, logits: Floats, examples: Examples) -> Validation:
        """Weighted mean cross-entropy and accuracy of the validation rows, from ``logits`` ``(n,)`` plus offsets."""
        rows = examples.validation
        losses = F.binary_cross_entropy_with_logits(
            torch.from_numpy(logits + examples.offsets[rows]),
            torch.from_numpy(examples.labels[rows].astype(np.float64)),
            reduction="none",
        ).numpy()
        right = (logits + examples.offsets[rows] > 0) == (examples.labels[rows] == 1)
        weights = examples.validation_weights
        return Validation(
            float(np.average(losses, weights=weights)), float(np.average(right, weights=weights))
        )
