"""Logits and pooled states of many sequences, in batches of similar length."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import nn

from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin.model.scoring.windows import split
from codeorigin_training.arrays import Floats, Floats32, Integers32, Tokens
from codeorigin_training.encoder.data import Batch, collate, length_batches
from codeorigin_training.encoder.interface import Encoder

States = Floats32

_NEUTRAL_LENGTHS = 32


def inference_batches(
    pieces: Tokens,
    tokenizer: Tokenizer,
    buckets: int,
    device: torch.device,
    tokens_per_batch: int = 16384,
) -> Iterator[Batch]:
    """Batches on ``device`` of all non-empty ``pieces``, each ``(T,)``; :attr:`Batch.rows` are their indices."""
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    order = np.flatnonzero(lengths)
    if len(order) == 0:
        return
    for rows in length_batches(lengths, order, tokens_per_batch, None):
        batch = collate([pieces[row].astype(np.int64) for row in rows], rows, tokenizer, buckets)
        yield Batch(batch.ids.to(device), batch.ngrams.to(device), batch.mask.to(device), rows)


def sequence_logits(
    model: Encoder, tokens: Tokens, tokenizer: Tokenizer, tokens_per_batch: int = 16384
) -> Floats:
    """Logits of sequences ``(T,)``: ``(n,)``, or ``(n, K)`` for a head with K outputs; zeros for empty sequences."""
    outputs = last_layer(model).out_features
    logits = np.zeros((len(tokens), outputs) if outputs > 1 else len(tokens))
    with torch.inference_mode():
        for batch in inference_batches(
            tokens, tokenizer, model.ngram_buckets, _device_of(model), tokens_per_batch
        ):
            logits[batch.rows] = model(batch.ids, batch.ngrams, batch.mask).float().cpu().numpy()
    return logits


def deep_logits(
    model: Encoder,
    tokens: Tokens,
    tokenizer: Tokenizer,
    *,
    overlap: int,
    tokens_per_batch: int = 16384,
) -> Floats:
    """Deep logit ``(n,)`` of every sequence, pooled over windows as the server pools them."""
    owners: list[int] = []
    shares: list[float] = []
    pieces: list[Integers32] = []
    for number, ids in enumerate(tokens):
        for window in split(len(ids), model.context, overlap):
            owners.append(number)
            shares.append(window.weight)
            pieces.append(ids[window.start : window.stop])
    logits = np.zeros(len(tokens))
    found = sequence_logits(model, pieces, tokenizer, tokens_per_batch)
    np.add.at(logits, np.array(owners, dtype=np.int64), found * np.array(shares))
    return logits


def neutral_logit(model: Encoder, tokenizer: Tokenizer, length: int = 128) -> float:
    """Deep logit of ``length`` MASK tokens (at most a full window), the deep part's baseline in explanations."""
    length = min(length, model.context)
    device = _device_of(model)
    ids = torch.full((1, length), tokenizer.mask_id, device=device)
    ngrams = torch.zeros((1, length, 2), dtype=torch.long, device=device)
    with torch.inference_mode():
        value = model(ids, ngrams, torch.ones((1, length), dtype=torch.bool, device=device))
    return float(value)


def centre(model: Encoder, tokenizer: Tokenizer) -> float:
    """Subtract the logit of MASK tokens alone from the bias of the head, so that the baseline is 0; returns it.

    The shift is the same for every input, so calibration absorbs it, and the baseline of an explanation is then
    exactly undecided.

    Raises:
        ValueError: the head does not end in a linear layer with a bias.
    """
    moved = neutral_logit(model, tokenizer)
    with torch.no_grad():
        last_layer(model).bias.sub_(moved)
    return moved


def last_layer(model: Encoder) -> nn.Linear:
    """The last layer of the head.

    Raises:
        ValueError: the head does not end in a linear layer with a bias.
    """
    last = list(model.head.modules())[-1]
    if not isinstance(last, nn.Linear) or last.bias is None:
        raise ValueError("the head must end in a linear layer with a bias")
    return last


def pooled_states(model: Encoder, tokens: Tokens, tokenizer: Tokenizer, context: int) -> States:
    """Pooled states ``(n, D)`` of the first ``context`` tokens of every sequence; zeros for an empty one."""
    pieces = [ids[: min(context, model.context)] for ids in tokens]
    states = np.zeros((len(pieces), model.width), dtype=np.float32)
    model.eval()
    with torch.inference_mode():
        for batch in inference_batches(pieces, tokenizer, model.ngram_buckets, _device_of(model)):
            summary = model.summary(model.embed(batch.ids, batch.ngrams), batch.mask)
            states[batch.rows] = summary.float().cpu().numpy()
    return states


def neutral_states(model: Encoder, tokenizer: Tokenizer, context: int) -> States:
    """Pooled states ``(k, D)`` of MASK tokens alone, at up to 32 lengths from 1 to ``context``."""
    lengths = np.geomspace(1, min(context, model.context), _NEUTRAL_LENGTHS).round().astype(int)
    masked = [np.full(length, tokenizer.mask_id, dtype=np.int32) for length in np.unique(lengths)]
    return pooled_states(model, masked, tokenizer, context)


def _device_of(model: Encoder) -> torch.device:
    return next(model.parameters()).device
