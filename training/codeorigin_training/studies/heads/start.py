"""Initialise a small retriever with similar vectors for related words and heads that attend to equal words.

From a random start, a transformer takes long to find that a specification and its code share words. The initialisation
gives it no more than that: the word vectors are first trained alone, as a bag of words, to match code with
specifications, and the queries and keys are equal at first.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from codeorigin_training.arrays import Integers
from codeorigin_training.corpus.readers.specifications import Specification
from codeorigin_training.encoder.heads import attention_layers
from codeorigin_training.studies.heads.config import HeadsConfig
from codeorigin_training.studies.heads.tokens import padded

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
    """Set the word vectors of ``body`` to those of a bag of words trained on ``pairs``, and make queries equal keys.

    The bag is trained with the other pairs of the batch as negatives (van den Oord, Li and Vinyals, 2018).
    """
    generator = np.random.default_rng(config.seed)
    specifications = [_ids(tokenizer, each.behaviour, config.specification_tokens) for each in pairs]
    codes = [
        [_ids(tokenizer, code, config.code_tokens) for code in (each.human_code, each.llm_code)]
        for each in pairs
    ]
    bag = _Bag(body.config.vocab_size, body.config.hidden_size)
    optimizer = torch.optim.Adam(bag.parameters(), lr=_LEARNING_RATE)
    loss = torch.zeros(())
    for _ in range(config.start_epochs):
        for places in np.array_split(generator.permutation(len(pairs)), -(-len(pairs) // _BATCH)):
            sides = generator.integers(2, size=len(places))
            texts = [specifications[place] for place in places]
            functions = [codes[place][side] for place, side in zip(places, sides, strict=True)]
            pad = tokenizer.pad_token_id
            logits = bag(*padded(texts, pad)) @ bag(*padded(functions, pad)).T / _TEMPERATURE
            loss = both_ways(logits)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
    log(f"words: loss {float(loss.detach()):.3f}")
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
