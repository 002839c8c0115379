"""Trains the deep part on what the wide part leaves: its logit is added to the wide part's out-of-fold logit."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from codeorigin.model.tokenizer import Tokenizer
from codeorigin.model.windows import split
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import EncoderConfig
from codeorigin_training.encoder.data import Batch, collate, crop, length_batches, type_dropout

Floats = npt.NDArray[np.float64]
Tokens = Sequence[npt.NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """How long and how to train.

    ``steps`` batches of about ``tokens_per_batch`` tokens; the learning rate warms up over a twentieth of
    them and falls linearly to zero. ``neutral_share`` of every batch is fully or mostly masked with target 0.5
    and no offset, so that the baseline of Integrated Gradients means "no evidence".
    """

    steps: int = 2000
    tokens_per_batch: int = 8192
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    type_dropout: float = 0.3
    neutral_share: float = 0.08
    train_context: int = 256
    seed: int = 0

    def __post_init__(self) -> None:
        if self.steps < 1 or self.tokens_per_batch < 1 or self.train_context < 1:
            raise ValueError("steps, tokens_per_batch and train_context must be positive")
        if not (0 <= self.type_dropout < 1 and 0 <= self.neutral_share < 1):
            raise ValueError("type_dropout and neutral_share must lie in [0, 1)")


def train_residual(
    tokens: Tokens,
    labels: npt.NDArray[np.int64],
    weights: Floats,
    offsets: Floats,
    tokenizer: Tokenizer,
    shape: EncoderConfig,
    config: FinetuneConfig,
    log: Callable[[str], None],
) -> CompactEncoder:
    """Train an encoder whose logit, added to ``offsets`` ``(n,)``, predicts ``labels`` ``(n,)``.

    Rows are drawn in proportion to ``weights`` ``(n,)``. The result is in evaluation mode.
    """
    torch.manual_seed(config.seed)
    generator = np.random.default_rng(config.seed)
    model = CompactEncoder(shape)
    optimizer = torch.optim.AdamW(_parameter_groups(model, config), betas=(0.9, 0.98))
    warm_up = max(1, config.steps // 20)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / warm_up, (config.steps - step) / max(1, config.steps - warm_up)),
    )
    lengths = np.array([min(len(each), config.train_context) for each in tokens], dtype=np.int64)
    drawable = np.flatnonzero((weights > 0) & (lengths > 0))
    probability = weights[drawable] / weights[drawable].sum()
    targets = torch.from_numpy(labels.astype(np.float32))
    known = torch.from_numpy(offsets.astype(np.float32))
    model.train()
    step, running, started = 0, 0.0, time.monotonic()
    while step < config.steps:
        drawn = generator.choice(drawable, size=min(len(drawable), 20_000), p=probability)
        for rows in length_batches(lengths, drawn, config.tokens_per_batch, generator):
            sequences = [_augmented(tokens[row], tokenizer, config, generator) for row in rows]
            batch = collate(sequences, rows, tokenizer, shape.ngram_buckets)
            loss = _loss(model, batch, targets, known, tokenizer, config, generator)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            scheduler.step()
            running += loss.item()
            step += 1
            if step % 100 == 0:
                log(f"step {step}/{config.steps} loss {running / 100:.4f} {time.monotonic() - started:.0f} s")
                running = 0.0
            if step == config.steps:
                break
    return model.eval()


def _parameter_groups(model: CompactEncoder, config: FinetuneConfig) -> list[dict[str, object]]:
    decayed = [parameter for parameter in model.parameters() if parameter.ndim >= 2]
    free = [parameter for parameter in model.parameters() if parameter.ndim < 2]
    return [
        {"params": decayed, "lr": config.learning_rate, "weight_decay": config.weight_decay},
        {"params": free, "lr": config.learning_rate, "weight_decay": 0.0},
    ]


def _augmented(
    ids: npt.NDArray[np.int32],
    tokenizer: Tokenizer,
    config: FinetuneConfig,
    generator: np.random.Generator,
) -> npt.NDArray[np.int64]:
    cropped = crop(ids.astype(np.int64), config.train_context, generator)
    # The rate varies, so that the path of Integrated Gradients from all-MASK to the code is familiar.
    rate = config.type_dropout * 2 * generator.random()
    return type_dropout(cropped, rate, tokenizer.mask_id, generator)


def _loss(
    model: CompactEncoder,
    batch: Batch,
    targets: Tensor,
    offsets: Tensor,
    tokenizer: Tokenizer,
    config: FinetuneConfig,
    generator: np.random.Generator,
) -> Tensor:
    rows = torch.from_numpy(batch.rows)
    neutral = torch.from_numpy(generator.random(len(batch.rows)) < config.neutral_share)
    ids = torch.where(neutral[:, None] & batch.mask, tokenizer.mask_id, batch.ids)
    ngrams = torch.where(neutral[:, None, None], 0, batch.ngrams)
    target = torch.where(neutral, 0.5, targets[rows])
    offset = torch.where(neutral, 0.0, offsets[rows])
    logits = model(ids, ngrams, batch.mask) + offset
    return F.binary_cross_entropy_with_logits(logits, target)


def deep_logits(
    model: CompactEncoder,
    tokens: Tokens,
    tokenizer: Tokenizer,
    *,
    overlap: int,
    tokens_per_batch: int = 16384,
) -> Floats:
    """Deep logit ``(n,)`` of every sequence, pooled over windows as the server pools them."""
    context, buckets = model.config.context, model.config.ngram_buckets
    owners: list[int] = []
    shares: list[float] = []
    pieces: list[npt.NDArray[np.int64]] = []
    for number, ids in enumerate(tokens):
        for window in split(len(ids), context, overlap):
            owners.append(number)
            shares.append(window.weight)
            pieces.append(ids[window.start : window.stop].astype(np.int64))
    logits = np.zeros(len(tokens))
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    with torch.inference_mode():
        for rows in length_batches(lengths, np.arange(len(pieces)), tokens_per_batch, None):
            batch = collate([pieces[row] for row in rows], rows, tokenizer, buckets)
            values = model(batch.ids, batch.ngrams, batch.mask).numpy()
            np.add.at(logits, np.array(owners)[rows], values * np.array(shares)[rows])
    return logits


def neutral_logit(model: CompactEncoder, tokenizer: Tokenizer, length: int = 128) -> float:
    """Deep logit of ``length`` MASK tokens (or a full window): the deep part of the explanation's baseline."""
    length = min(length, model.config.context)
    ids = torch.full((1, length), tokenizer.mask_id)
    with torch.inference_mode():
        value = model(
            ids, torch.zeros((1, length, 2), dtype=torch.long), torch.ones((1, length), dtype=torch.bool)
        )
    return float(value)
