"""What the training loop trains for a classifier: an encoder with a head of K logits, by cross-entropy."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from codeorigin.model.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Integers, Tokens
from codeorigin_training.encoder.data import collate
from codeorigin_training.encoder.interface import Encoder
from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.finetune.inference import inference_batches
from codeorigin_training.finetune.loop import StepLoss
from codeorigin_training.finetune.objective import Validation
from codeorigin_training.finetune.sampling import Draw
from codeorigin_training.loops.precision import autocast


def logits_of(model: Encoder, tokens: Tokens, tokenizer: Tokenizer, labels: int) -> Floats:
    """Logits ``(n, labels)`` of token sequences by ``model``, whose head has so many; zeros for an empty sequence."""
    found = np.zeros((len(tokens), labels))
    device = next(model.parameters()).device
    with torch.inference_mode():
        for batch in inference_batches(tokens, tokenizer, model.ngram_buckets, device):
            values = model(batch.ids, batch.ngrams, batch.mask)
            found[batch.rows] = values.float().cpu().numpy()
    return found


class ClassifierLearner:
    """Trains on ``tokens`` with labels ``(n,)``; the ``validation`` ones choose the best epoch."""

    def __init__(
        self,
        model: Encoder,
        tokenizer: Tokenizer,
        training: tuple[Tokens, Integers],
        validation: tuple[Tokens, Integers],
        labels: int,
        config: FinetuneConfig,
        device: torch.device,
    ) -> None:
        self.module: nn.Module = model
        self._model, self._tokenizer, self._labels = model, tokenizer, labels
        self._training, self._validation = training, validation
        self._config, self._device = config, device
        # A text without a token says nothing.
        self._rows = np.array([number for number, ids in enumerate(training[0]) if len(ids)], dtype=np.int64)
        self._targets = torch.from_numpy(training[1])

    @property
    def epoch(self) -> int:
        """Batches of one epoch."""
        return -(-len(self._rows) // self._config.rows_per_batch)

    def round(self, generator: np.random.Generator) -> Sequence[Draw]:
        order = generator.permutation(self._rows)
        size = self._config.rows_per_batch
        parts = [order[start : start + size] for start in range(0, len(order), size)]
        return [Draw(part, np.full(len(part), -1, dtype=np.int64)) for part in parts]

    def loss(self, draw: Draw, generator: np.random.Generator) -> StepLoss:
        sequences = [self._training[0][row].astype(np.int64) for row in draw.rows]
        batch = collate(sequences, draw.rows, self._tokenizer, self._model.ngram_buckets)
        targets = self._targets[torch.from_numpy(draw.rows)].to(self._device)
        with autocast(self._device, self._config.precision):
            logits = self._model(
                batch.ids.to(self._device), batch.ngrams.to(self._device), batch.mask.to(self._device)
            )
        logits = logits.float()
        loss = F.cross_entropy(logits, targets)
        right = (logits.argmax(dim=-1) == targets).float().mean()
        return StepLoss(loss, {"accuracy": right.detach()}, int(batch.mask.sum()))

    def validation(self) -> Validation | None:
        tokens, targets = self._validation
        if len(targets) == 0:
            return None
        logits = torch.from_numpy(logits_of(self._model, tokens, self._tokenizer, self._labels))
        loss = float(F.cross_entropy(logits, torch.from_numpy(targets)))
        return Validation(loss, float((logits.argmax(dim=-1).numpy() == targets).mean()))
