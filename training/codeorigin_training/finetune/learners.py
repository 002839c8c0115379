"""The learners that the loop trains: a whole encoder on token sequences, or its head on precomputed states."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Integers
from codeorigin_training.encoder.data import collate, crop, type_dropout
from codeorigin_training.encoder.interface import Encoder
from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.finetune.examples import Examples
from codeorigin_training.finetune.inference import States, sequence_logits
from codeorigin_training.finetune.loop import StepLoss
from codeorigin_training.finetune.objective import Objective, Output, Validation
from codeorigin_training.finetune.sampling import Draw, Sampler
from codeorigin_training.loops.precision import autocast


class SequenceLearner:
    """Trains all parameters of an encoder that its schedule unfreezes."""

    def __init__(
        self,
        model: Encoder,
        examples: Examples,
        tokenizer: Tokenizer,
        config: FinetuneConfig,
        device: torch.device,
        objective: Objective | None = None,
    ) -> None:
        self.module: nn.Module = model
        self._model, self._examples, self._tokenizer = model, examples, tokenizer
        self._config, self._device = config, device
        self._context = min(config.train_context, model.context)
        self._sampler = Sampler(examples, config.sampling, self._context)
        self._objective = objective or Objective(examples, device)
        self._views = 2 if config.losses.consistency else 1

    @property
    def epoch(self) -> int:
        """Number of batches in an epoch, which has as many draws as there are rows."""
        if self._config.rows_per_batch:
            return -(-self._sampler.count // self._config.rows_per_batch)
        return len(self.round(np.random.default_rng([self._config.seed, 0, 0])))

    def round(self, generator: np.random.Generator) -> Sequence[Draw]:
        if self._config.rows_per_batch:
            return self._sampler.epoch(generator, self._config.rows_per_batch)
        return self._sampler.round(generator, max(1, self._config.tokens_per_batch // self._views))

    def loss(self, draw: Draw, generator: np.random.Generator) -> StepLoss:
        hidden = generator.random(len(draw.rows)) < self._config.neutral_share
        sequences = [self._augmented(row, generator) for _ in range(self._views) for row in draw.rows]
        batch = collate(
            sequences, np.tile(draw.rows, self._views), self._tokenizer, self._model.ngram_buckets
        )
        neutral = torch.from_numpy(np.tile(hidden, self._views))
        ids = torch.where(neutral[:, None] & batch.mask, self._tokenizer.mask_id, batch.ids)
        ngrams = torch.where(neutral[:, None, None], 0, batch.ngrams)
        mask = batch.mask.to(self._device)
        with autocast(self._device, self._config.precision):
            embeddings = self._model.embed(ids.to(self._device), ngrams.to(self._device))
            states = self._model.summary(embeddings, mask)
            logits = self._model.head(states).squeeze(-1)
        shape = (self._views, len(draw.rows))
        output = Output(
            logits.view(*shape, *logits.shape[1:]),
            states.view(*shape, -1),
            torch.from_numpy(hidden).to(self._device),
        )
        loss, parts = self._objective.loss(output, draw, self._config.losses)
        return StepLoss(loss, parts, int(batch.mask.sum()))

    def validation(self) -> Validation | None:
        rows = self._examples.validation
        if len(rows) == 0:
            return None
        pieces = [self._examples.tokens[row][: self._context] for row in rows]
        logits = sequence_logits(self._model, pieces, self._tokenizer)
        return self._objective.validation(logits, self._examples)

    def _augmented(self, row: int, generator: np.random.Generator) -> Integers:
        texts = self._examples.views
        tokens = self._examples.tokens[row]
        if texts and generator.random() < self._config.view_share:
            view = texts[int(generator.integers(len(texts)))][row]
            tokens = view if len(view) else tokens
        cropped = crop(tokens.astype(np.int64), self._context, generator)
        # The rate varies, so that the model has seen inputs like those on the path from all-MASK to the code.
        rate = self._config.type_dropout * 2 * generator.random()
        return type_dropout(cropped, rate, self._tokenizer.mask_id, generator)


class StateLearner:
    """Trains the head alone, on pooled states ``(n, D)`` of a frozen encoder."""

    def __init__(
        self,
        model: Encoder,
        states: States,
        neutral_states: States,
        examples: Examples,
        config: FinetuneConfig,
        device: torch.device,
    ) -> None:
        self.module = model.head
        self._states = torch.from_numpy(states).to(device)
        self._neutral = torch.from_numpy(neutral_states).to(device)
        self._examples, self._config, self._device = examples, config, device
        self._sampler = Sampler(examples, config.sampling, model.context)
        self._objective = Objective(examples, device)

    @property
    def epoch(self) -> int:
        """Number of batches in a round, which has as many draws as there are rows."""
        return -(-self._sampler.count // self._config.frozen.rows_per_batch)

    def round(self, generator: np.random.Generator) -> Sequence[Draw]:
        return self._sampler.epoch(generator, self._config.frozen.rows_per_batch)

    def loss(self, draw: Draw, generator: np.random.Generator) -> StepLoss:
        hidden = torch.from_numpy(generator.random(len(draw.rows)) < self._config.neutral_share)
        hidden = hidden.to(self._device)
        masked = torch.from_numpy(generator.integers(len(self._neutral), size=len(draw.rows)))
        rows = torch.from_numpy(draw.rows).to(self._device)
        states = torch.where(hidden[:, None], self._neutral[masked.to(self._device)], self._states[rows])
        output = Output(self.module(states).squeeze(-1)[None], None, hidden)
        loss, parts = self._objective.loss(output, draw, self._config.losses)
        return StepLoss(loss, parts, 0)

    def validation(self) -> Validation | None:
        rows = self._examples.validation
        if len(rows) == 0:
            return None
        with torch.inference_mode():
            logits = self.module(self._states[torch.from_numpy(rows).to(self._device)]).squeeze(-1)
        return self._objective.validation(logits.double().cpu().numpy(), self._examples)
