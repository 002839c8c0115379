"""Which representations belong to the same function: two towers that share an encoder, and a head that compares them.

Source: the classification objective of Sentence-BERT (Reimers and Gurevych, EMNLP 2019, section 3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from codeorigin_training.arrays import Booleans, Integers
from codeorigin_training.encoder.compact import CompactEncoder
from codeorigin_training.encoder.config import EncoderConfig
from codeorigin_training.encoder.hugging_face import HuggingFaceEncoder
from codeorigin_training.encoder.interface import Encoder
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
    """What a classifier said of every test pair: ``right`` and the pair's ``kind`` and ``repo``, all ``(n,)``."""

    right: Booleans
    kinds: list[str]
    repos: list[str]


class RelationClassifier(nn.Module):
    """The probability that two token sequences are of one function."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(4 * encoder.width, _UNITS), nn.ReLU(), nn.Linear(_UNITS, 1))

    def states(self, ids: Tensor, mask: Tensor) -> Tensor:
        """One state ``(B, D)`` a sequence of token ids ``(B, T)``."""
        ngrams = torch.zeros((*ids.shape, 2), dtype=torch.int64)
        return self.encoder.pooled(self.encoder.hidden(self.encoder.embed(ids, ngrams), mask), mask)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """Logit ``(B,)`` of pairs of states ``(B, D)``."""
        together = torch.cat([left, right, (left - right).abs(), left * right], dim=1)
        logit: Tensor = self.head(together).squeeze(-1)
        return logit


def encoder_shape(config: RepresentationsConfig, vocabulary: int, context: int) -> EncoderConfig:
    """The shape of the study's encoders, for ``vocabulary`` tokens and sequences of ``context`` of them."""
    return EncoderConfig(
        vocab_size=vocabulary,
        dim=config.dim,
        layers=config.layers,
        heads=config.heads,
        feedforward=2 * config.dim,
        context=context,
        ngram_buckets=0,
    )


def make_relation_encoder(config: RepresentationsConfig, size: int) -> Encoder:
    """A fresh encoder for ``size`` tokens."""
    return CompactEncoder(encoder_shape(config, size, config.context))


def load_pretrained(folder: Path, added: int) -> HuggingFaceEncoder:
    """The encoder of ``folder`` with ``added`` more rows in its embedding table, each the mean of the old ones.

    Raises:
        EncoderError: the folder holds no encoder.
    """
    encoder = HuggingFaceEncoder.from_pretrained(str(folder), download=False)
    old = encoder.token_embedding.weight.detach()
    encoder.body.resize_token_embeddings(len(old) + added, mean_resizing=False)
    with torch.no_grad():
        encoder.token_embedding.weight[len(old) :] = old.mean(dim=0)
    return encoder


def train_relations(
    encoder: Encoder,
    functions: Sequence[Represented],
    vocabulary: StructureVocabulary,
    config: RepresentationsConfig,
    log: Callable[[str], None],
) -> RelationClassifier:
    """A classifier of all kinds of pairs: as many that belong together as that were swapped."""
    torch.manual_seed(config.seed)
    model = RelationClassifier(encoder)
    optimizer = torch.optim.AdamW(model.parameters(), lr=config.learning_rate)
    generator = np.random.default_rng(config.seed)
    encoded = _encoded(functions, vocabulary, config.context)
    model.train()
    for epoch in range(config.epochs):
        losses = []
        for batch, swapped in neighbour_batches(functions, config.batch, generator):
            logits, targets = _logits(model, batch, encoded, swapped)
            loss = nn.functional.binary_cross_entropy_with_logits(logits, targets)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            losses.append(float(loss.detach()))
        log(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}")
    return model


@torch.no_grad()
def relation_answers(
    model: RelationClassifier,
    functions: Sequence[Represented],
    vocabulary: StructureVocabulary,
    config: RepresentationsConfig,
) -> RelationAnswers:
    """What ``model`` says of the pairs of ``functions``, each with what belongs to it and with a neighbour's."""
    model.eval()
    encoded = _encoded(functions, vocabulary, config.context)
    right: list[bool] = []
    kinds: list[str] = []
    repos: list[str] = []
    for batch, swapped in neighbour_batches(functions, config.batch, None):
        logits, targets = _logits(model, batch, encoded, swapped)
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
    model: RelationClassifier, batch: Sequence[Represented], encoded: _Encoded, swapped: Integers
) -> tuple[Tensor, Tensor]:
    """Logits and targets: for each kind the pairs that belong together, then those that were swapped."""
    states = {
        view: model.states(*_padded([encoded[id(each), view] for each in batch])) for view in Representation
    }
    logits, targets = [], []
    for left, other in KINDS:
        for place, target in ((torch.arange(len(batch)), 1.0), (torch.from_numpy(swapped), 0.0)):
            logits.append(model(states[left], states[other][place]))
            targets.append(torch.full((len(batch),), target))
    return torch.cat(logits), torch.cat(targets)


def _padded(sequences: Sequence[Integers]) -> tuple[Tensor, Tensor]:
    longest = max(1, *(len(each) for each in sequences))
    ids = torch.zeros((len(sequences), longest), dtype=torch.int64)
    mask = torch.zeros((len(sequences), longest), dtype=torch.bool)
    for number, each in enumerate(sequences):
        ids[number, : len(each)] = torch.from_numpy(each)
        mask[number, : max(len(each), 1)] = True
    return ids, mask
