"""Train the retriever; a small new one first learns which words are related.

From a random start, a transformer takes long to find that a specification and its code share words. The start gives it
no more than that: the word vectors are first trained alone, as a bag of words, to match code with specifications, and
the queries and keys are equal at first, so that heads attend to equal words.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from codeorigin_training.arrays import Integers
from codeorigin_training.data.specifications import Specification
from codeorigin_training.encoder.heads import attention_layers
from codeorigin_training.encoder.inference import padded
from codeorigin_training.encoder.trainer import fit_batches
from codeorigin_training.run import Log
from codeorigin_training.studies.heads.retriever import HeadsConfig, Retriever

_BATCH = 128
_TEMPERATURE = 0.05
_LEARNING_RATE = 5e-3
_SPREAD = 0.06


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


def start_from_words(model: Retriever, pairs: Sequence[Specification], config: HeadsConfig, log: Log) -> None:
    """Set the word vectors of ``model`` to those of a bag of words trained on ``pairs``, and make queries equal keys."""
    body, pad = model.body, model.tokenizer.pad_token_id
    bag = _Bag(body.config.vocab_size, body.config.hidden_size)
    texts, codes = _tokens(model, pairs)

    def batch(_: int) -> dict[str, Any]:
        chosen = torch.randperm(len(pairs))[:_BATCH].tolist()
        drawn = [codes[place][int(torch.randint(2, ()))] for place in chosen]
        return {
            "sides": [
                padded(texts_of_side, pad) for texts_of_side in ([texts[place] for place in chosen], drawn)
            ]
        }

    def loss(sides: list[tuple[Tensor, Tensor]]) -> Tensor:
        """The others of the batch are negatives (van den Oord, Li and Vinyals, 2018)."""
        described, written = (bag(*side) for side in sides)
        return _both_ways(described @ written.T / _TEMPERATURE)

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
        sides_of.copy_(torch.randn_like(sides_of) * _SPREAD)
        for layer in attention_layers(body):
            query, key = layer.self.query, layer.self.key
            query.weight.copy_(torch.randn_like(query.weight) * body.config.hidden_size**-0.5)
            key.weight.copy_(query.weight)


def train_retriever(model: Retriever, pairs: Sequence[Specification], config: HeadsConfig, log: Log) -> None:
    """Train ``model`` to tell which function belongs to which specification, among functions of the same language.

    It is trained on ``config.train_pairs`` of ``pairs``: each specification of a batch is combined with all functions
    of the batch, choosing the human or the LLM function of each pair at random.
    """
    generator = np.random.default_rng(config.seed)
    learnt = [pairs[place] for place in generator.permutation(len(pairs))[: config.train_pairs]]
    words, codes = _tokens(model, learnt)
    languages = np.array([pair.language for pair in learnt])
    alike = [torch.from_numpy(np.flatnonzero(languages == language)) for language in languages]

    def batch(_: int) -> dict[str, Tensor]:
        pool = alike[int(torch.randint(len(alike), ()))]
        pool = pool if len(pool) > 1 else torch.arange(len(alike))
        chosen = pool[torch.randperm(len(pool))[: config.batch]].tolist()
        drawn = [codes[place][int(torch.randint(2, ()))] for place in chosen]
        sequences = [model.joined(words[place], code) for place in chosen for code in drawn]
        ids, mask = padded(sequences, model.tokenizer.pad_token_id)
        return {"ids": ids, "mask": mask}

    def loss(ids: Tensor, mask: Tensor) -> Tensor:
        size = math.isqrt(len(ids))
        logits = model(ids, mask).view(size, size)
        # For each matching function, the batch has as many that do not match as it has other functions.
        whether = nn.functional.binary_cross_entropy_with_logits(
            logits, torch.eye(size), pos_weight=torch.tensor(float(max(size - 1, 1)))
        )
        return _both_ways(logits) + whether

    fit_batches(
        model,
        batch,
        loss,
        batches=math.ceil(len(learnt) / config.batch),
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        seed=config.seed,
        log=log,
    )


def _both_ways(logits: Tensor) -> Tensor:
    """Contrastive loss of logits ``(B, B)`` of all specifications with all functions; the diagonal has the matches."""
    matches = torch.arange(len(logits))
    rows, columns = (nn.functional.cross_entropy(scores, matches) for scores in (logits, logits.T))
    return (rows + columns) / 2


def _tokens(model: Retriever, pairs: Sequence[Specification]) -> tuple[list[Integers], list[list[Integers]]]:
    """The token ids of each specification, and those of its human and of its LLM function."""
    config = model.config
    words = [model.tokens(specification.behaviour, config.specification_tokens) for specification in pairs]
    codes = [
        [
            model.tokens(code, config.code_tokens)
            for code in (specification.human_code, specification.llm_code)
        ]
        for specification in pairs
    ]
    return words, codes
