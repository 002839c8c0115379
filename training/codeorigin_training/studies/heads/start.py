"""Initialise a small retriever with similar vectors for related words and heads that attend to equal words.

From a random start, a transformer takes long to find that a specification and its code share words. The initialisation
gives it no more than that: the word vectors are first trained alone, as a bag of words, to match code with
specifications, and the queries and keys are equal at first.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from codeorigin_training.arrays import Integers
from codeorigin_training.data.readers.specifications import Specification
from codeorigin_training.encoder.heads import attention_layers
from codeorigin_training.encoder.inference import padded
from codeorigin_training.encoder.trainer import fit_batches
from codeorigin_training.studies.heads.config import HeadsConfig

_BATCH = 128
_TEMPERATURE = 0.05
_LEARNING_RATE = 5e-3
_SPREAD = 0.06
_SIDES = 0.06


class _Bag(nn.Module):
    """The weighted mean of a text's word vectors, with a learnt weight per word, normalised to length 1."""

    def __init__(self, size: int, dim: int) -> None:
        super().__init__()
        self.vectors = nn.Embedding(size, dim)
        self.weights = nn.Embedding(size, 1)
        nn.init.normal_(self.vectors.weight, std=dim**-0.5)
        nn.init.zeros_(self.weights.weight)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Vectors ``(B, D)`` of token ids ``(B, T)``."""
        weights = self.weights(ids).exp() * mask[..., None]
        return nn.functional.normalize((self.vectors(ids) * weights).sum(dim=1), dim=-1)


def start_from_words(
    body: Any,
    tokenizer: Any,
    pairs: Sequence[Specification],
    config: HeadsConfig,
    log: Callable[[str], None],
) -> None:
    """Set the word vectors of ``body`` to those of a bag of words trained on ``pairs``, and make queries equal keys."""
    bag = _Bag(body.config.vocab_size, body.config.hidden_size)
    texts = [_ids(tokenizer, each.behaviour, config.specification_tokens) for each in pairs]
    codes = [
        [_ids(tokenizer, code, config.code_tokens) for code in (each.human_code, each.llm_code)]
        for each in pairs
    ]

    def batch(_: int) -> dict[str, Any]:
        chosen = torch.randperm(len(pairs))[:_BATCH].tolist()
        drawn = [codes[each][int(torch.randint(2, ()))] for each in chosen]
        sides = [texts[each] for each in chosen], drawn
        return {"sides": [padded(each, tokenizer.pad_token_id) for each in sides]}

    def loss(sides: list[tuple[Tensor, Tensor]]) -> Tensor:
        """The others of the batch are negatives (van den Oord, Li and Vinyals, 2018)."""
        described, written = (bag(*each) for each in sides)
        return both_ways(described @ written.T / _TEMPERATURE)

    fit_batches(
        bag,
        batch,
        loss,
        batches=math.ceil(len(pairs) / _BATCH),
        epochs=config.start_epochs,
        learning_rate=_LEARNING_RATE,
        seed=config.seed,
        log=lambda line: log(f"words: {line}"),
    )
    with torch.no_grad():
        vectors = bag.vectors.weight
        body.embeddings.word_embeddings.weight.copy_(vectors * (_SPREAD / vectors.std()))
        sides_of = body.embeddings.token_type_embeddings.weight
        sides_of.copy_(torch.randn_like(sides_of) * _SIDES)
        for layer in attention_layers(body):
            query, key = layer.self.query, layer.self.key
            query.weight.copy_(torch.randn_like(query.weight) * body.config.hidden_size**-0.5)
            key.weight.copy_(query.weight)


def both_ways(logits: Tensor) -> Tensor:
    """Contrastive loss of logits ``(B, B)`` of all specifications with all functions; the diagonal has the matches."""
    own = torch.arange(len(logits))
    rows, columns = (nn.functional.cross_entropy(each, own) for each in (logits, logits.T))
    return (rows + columns) / 2


def _ids(tokenizer: Any, text: str, most: int) -> Integers:
    return np.array(tokenizer(text, add_special_tokens=False)["input_ids"][:most], dtype=np.int64)
