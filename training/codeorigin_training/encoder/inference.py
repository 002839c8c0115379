"""Token sequences of a corpus, and their logits and pooled states in batches of similar length."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from multiprocessing import get_context

import numpy as np
import torch
from torch import Tensor

from codeorigin.model.reading.normalize import normalize
from codeorigin.model.scoring.inputs import split
from codeorigin.model.scoring.tokenizer import Tokenizer
from codeorigin_training.arrays import Floats, Floats32, Integers, Integers32, Tokens
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.model import Encoder

_TOKENS_PER_BATCH = 16384


def encode_rows(rows: Sequence[Row], tokenizer: Tokenizer, *, processes: int = 1) -> list[Integers32]:
    """Token ids of every row, int32 ``(T,)`` of any length."""
    sources = [(row.code, row.language) for row in rows]
    if processes <= 1:
        return [_encode(tokenizer, source) for source in sources]
    with get_context("fork").Pool(processes) as pool:
        return list(pool.imap(partial(_encode, tokenizer), sources, chunksize=512))


def _encode(tokenizer: Tokenizer, source: tuple[str, str]) -> Integers32:
    return tokenizer.encode(normalize(*source)).ids.astype(np.int32)


def padded(sequences: Sequence[Integers32 | Integers], pad_id: int) -> tuple[Tensor, Tensor]:
    """Ids and mask ``(B, T)`` of ``sequences``, padded to the longest one."""
    longest = max(1, *map(len, sequences)) if len(sequences) else 1
    ids = torch.full((len(sequences), longest), pad_id, dtype=torch.int64)
    mask = torch.zeros(ids.shape, dtype=torch.bool)
    for number, sequence in enumerate(sequences):
        ids[number, : len(sequence)] = torch.as_tensor(np.asarray(sequence, dtype=np.int64))
        mask[number, : len(sequence)] = True
    return ids, mask


def sequence_logits(model: Encoder, tokens: Tokens, tokenizer: Tokenizer) -> Floats:
    """Logits ``(n,)`` of sequences ``(T,)``; zeros for empty ones."""
    logits = np.zeros(len(tokens))
    for rows, found in _in_batches(model, model.__call__, tokens, tokenizer):
        logits[rows] = found
    return logits


def deep_logits(model: Encoder, tokens: Tokens, tokenizer: Tokenizer, *, overlap: int) -> Floats:
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
    found = sequence_logits(model, pieces, tokenizer)
    np.add.at(logits, np.array(owners, dtype=np.int64), found * np.array(shares))
    return logits


def pooled_states(model: Encoder, tokens: Tokens, tokenizer: Tokenizer, context: int) -> Floats32:
    """Pooled states ``(n, D)`` of the first ``context`` tokens of every sequence; zeros for an empty one."""
    states = np.zeros((len(tokens), model.width), dtype=np.float32)
    pieces = [ids[: min(context, model.context)] for ids in tokens]
    for rows, found in _in_batches(
        model, lambda ids, mask: model.summary(model.embed(ids), mask), pieces, tokenizer
    ):
        states[rows] = found
    return states


def neutral_logit(model: Encoder, tokenizer: Tokenizer, length: int = 128) -> float:
    """Deep logit of ``length`` MASK tokens (at most a full window), the deep part's baseline in explanations."""
    masked = np.full(min(length, model.context), tokenizer.mask_id, dtype=np.int32)
    return float(sequence_logits(model, [masked], tokenizer)[0])


def centre(model: Encoder, tokenizer: Tokenizer) -> float:
    """Subtract the logit of MASK tokens alone from the bias of the head, so that the baseline is 0; returns it.

    The shift is the same for every input, so calibration absorbs it, and the baseline of an explanation is then
    exactly undecided.
    """
    moved = neutral_logit(model, tokenizer)
    with torch.no_grad():
        model.last_layer.bias.sub_(moved)
    return moved


def _in_batches(
    model: Encoder, compute: Callable[[Tensor, Tensor], Tensor], pieces: Tokens, tokenizer: Tokenizer
) -> Iterator[tuple[Integers, Floats32]]:
    """Indices of the non-empty ``pieces``, each ``(T,)``, with what ``compute`` makes of their ids and mask."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model.to(device)
    lengths = np.array([len(piece) for piece in pieces], dtype=np.int64)
    order = np.flatnonzero(lengths)
    model.eval()
    with torch.inference_mode():
        for rows in length_batches(lengths, order, _TOKENS_PER_BATCH):
            ids, mask = padded([pieces[row] for row in rows], tokenizer.pad_id)
            yield rows, compute(ids.to(device), mask.to(device)).float().cpu().numpy()


def length_batches(lengths: Integers, order: Integers, tokens_per_batch: int) -> Iterator[Integers]:
    """Group ``order`` into batches of similar length and about ``tokens_per_batch`` tokens, the longest last.

    Args:
        lengths: int64 ``(n,)``, the length of every sequence.
        order: int64 ``(k,)``, indices into ``lengths``.
        tokens_per_batch: tokens of a batch, padding included; only exceeded by a single long sequence.
    """
    by_length = order[np.argsort(lengths[order], kind="stable")]
    start = 0
    for stop in range(1, len(by_length) + 1):
        longest_next = lengths[by_length[min(stop, len(by_length) - 1)]]
        if stop == len(by_length) or (stop + 1 - start) * longest_next > tokens_per_batch:
            yield by_length[start:stop]
            start = stop
