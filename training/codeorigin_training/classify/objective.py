"""The training objective for K labels: cross-entropy."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from codeorigin_training.arrays import Floats
from codeorigin_training.finetune.config import LossSettings
from codeorigin_training.finetune.examples import Examples
from codeorigin_training.finetune.objective import Objective, Output, Validation
from codeorigin_training.finetune.sampling import Draw


class LabelObjective(Objective):
    """Cross-entropy of K logits against the examples' labels, codes below K; ignores weights and offsets."""

    def __init__(self, examples: Examples, device: torch.device) -> None:
        super().__init__(examples, device)
        self._codes = torch.from_numpy(examples.labels).to(device)

    def loss(self, output: Output, draw: Draw, settings: LossSettings) -> tuple[Tensor, dict[str, Tensor]]:
        targets = self._codes[torch.from_numpy(draw.rows).to(self._codes.device)]
        (logits,) = output.logits.float()
        right = (logits.argmax(dim=-1) == targets).float().mean()
        return F.cross_entropy(logits, targets), {"accuracy": right.detach()}

    def validation(self, logits: Floats, examples: Examples) -> Validation:
        targets = examples.labels[examples.validation]
        loss = F.cross_entropy(torch.from_numpy(logits), torch.from_numpy(targets))
        return Validation(float(loss), float(np.mean(logits.argmax(axis=1) == targets)))
