"""Classify whether two representations are of one function: two towers that share an encoder, and a head.

Source: the classification objective of Sentence-BERT (Reimers and Gurevych, EMNLP 2019, section 3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from codeorigin_training.arrays import Booleans, Integers
from codeorigin_training.encoder.inference import padded
from codeorigin_training.encoder.model import Encoder, compact_body, pretrained_body
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.encoder.trainer import fit_batches
from codeorigin_training.studies.representations.config import RepresentationsConfig
from codeorigin_training.studies.representations.pairs import (
    KINDS,
    Representation,
    Represented,
    neighbour_batches,
)
from codeorigin_training.studies.representations.vocabularies import StructureVocabulary

_UNITS = 128


@dataclass(frozen=True, slots=True)
class RelationAnswers:
    """Whether a classifier was ``right`` on every test pair, and the pairs' ``kinds`` and ``repos``, all ``(n,)``."""

    right: Booleans
    kinds: list[str]
    repos: list[str]


class RelationClassifier(nn.Module):
    """Computes the logit that two token sequences are of the same function."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(4 * encoder.width, _UNITS), nn.ReLU(), nn.Linear(_UNITS, 1))

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """One state ``(B, D)`` per sequence of token ids ``(B, T)``."""
        return self.encoder.summary(self.encoder.embed(ids), mask)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """Logits ``(B,)`` of pairs of states ``(B, D)``."""
        together = torch.cat([left, right, (left - right).abs(), left * right], dim=1)
        logit: Tensor = self.head(together).squeeze(-1)
        return logit


def encoder_shape(config: RepresentationsConfig, context: int) -> EncoderConfig:
    """The shape of the study's encoders, for sequences of ``context`` tokens."""
    return EncoderConfig(
        dim=config.dim, layers=config.layers, heads=config.heads, feedforward=2 * config.dim, context=context
    )


def make_relation_encoder(config: RepresentationsConfig, size: int) -> Encoder:
    """A new encoder for ``size`` tokens."""
    shape = encoder_shape(config, config.context)
    return Encoder(compact_body(shape, size, pad_id=0), shape)


def load_pretrained(folder: Path, added: int) -> Encoder:
    """The encoder in ``folder`` with ``added`` rows appended to its embedding table, each the mean of the old ones.

    Raises:
        EncoderError: the folder has no encoder.
    """
    encoder = Encoder(pretrained_body(str(folder)), EncoderConfig())
    old = encoder.token_embedding.weight.detach()
    encoder.body.resize_token_embeddings(len(old) + added, mean_resizing=False)
    with torch.no_grad():
        encoder.token_embedding.weight[len(old) :] = old.mean(dim=0)
    return encoder


def swapped_batch(batch: Sequence[Represented], most: int) -> dict[str, Any]:
    """A batch, and at most ``most`` arrays of positions ``(B,)`` to swap with: neighbours, but never themselves."""
    shift = int(torch.randint(1, min(len(batch), 4), ())) if len(batch) > 2 else 1
    companions = np.roll(np.arange(len(batch)), shift)
    rolled = [np.roll(companions, number) for number in range(most)]
    return {"batch": batch, "swaps": [each for each in rolled if (each != np.arange(len(each))).all()]}


def relation_loss(
    model: RelationClassifier, encoded: "_Encoded", batch: Sequence[Represented], swaps: Sequence[Integers]
) -> Tensor:
    """The loss on all pairs of a batch; matching and swapped ones have equal total weight, and the mean weight is 1."""
    logits, targets = _logits(model, batch, encoded, swaps)
    weights = torch.where(targets > 0, (len(swaps) + 1) / 2, (len(swaps) + 1) / (2 * len(swaps)))
    return nn.functional.binary_cross_entropy_with_logits(logits, targets, weights)


def train_relations(
    encoder: Encoder,
    functions: Sequence[Represented],
    vocabulary: StructureVocabulary,
    config: RepresentationsConfig,
    log: Callable[[str], None],
) -> RelationClassifier:
    """Train a classifier on all kinds of pairs."""
    torch.manual_seed(config.seed)
    model = RelationClassifier(encoder)
    batches = [batch for batch, _ in neighbour_batches(functions, config.batch)]
    fit_batches(
        model,
        lambda place: swapped_batch(batches[place], config.swaps),
        partial(relation_loss, model, _encoded(functions, vocabulary, config.context)),
        batches=len(batches),
        epochs=config.epochs,
        learning_rate=config.learning_rate,
        seed=config.seed,
        log=log,
    )
    return model


@torch.no_grad()
def relation_answers(
    model: RelationClassifier,
    functions: Sequence[Represented],
    vocabulary: StructureVocabulary,
    config: RepresentationsConfig,
) -> RelationAnswers:
    """The answers of ``model`` for the pairs of ``functions``, each with its own and a neighbour's representation."""
    model.eval()
    encoded = _encoded(functions, vocabulary, config.context)
    right: list[bool] = []
    kinds: list[str] = []
    repos: list[str] = []
    for batch, swapped in neighbour_batches(functions, config.batch):
        logits, targets = _logits(model, batch, encoded, [swapped])
        right += ((logits > 0) == (targets > 0)).tolist()
        for left, other in KINDS:
            kinds += [f"{left.value} and {other.value}"] * (2 * len(batch))
            repos += [each.row.repo for each in batch] * 2
    return RelationAnswers(np.array(right, dtype=bool), kinds, repos)


_Encoded = dict[tuple[int, Representation], Integers]


def _encoded(functions: Sequence[Represented], vocabulary: StructureVocabulary, context: int) -> _Encoded:
    return {
        (id(each), view): vocabulary.encode(each, view)[:context]
        for each in functions
        for view in Representation
    }


def _logits(
    model: RelationClassifier, batch: Sequence[Represented], encoded: _Encoded, swaps: Sequence[Integers]
) -> tuple[Tensor, Tensor]:
    """Logits and targets: for each kind, the matching pairs, then the swapped ones, by swap."""
    states = {
        view: model.states(*padded([encoded[id(each), view] for each in batch], 0)) for view in Representation
    }
    logits, targets = [], []
    for left, other in KINDS:
        for number, place in enumerate([np.arange(len(batch)), *swaps]):
            logits.append(model(states[left], states[other][torch.from_numpy(place)]))
            targets.append(torch.full((len(batch),), 0.0 if number else 1.0))
    return torch.cat(logits), torch.cat(targets)
