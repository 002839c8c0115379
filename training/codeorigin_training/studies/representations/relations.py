"""Classify whether two representations are of one function: two towers that share an encoder, and a head.

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
from codeorigin_training.finetune.config import FinetuneConfig
from codeorigin_training.finetune.loop import StepLoss, fit
from codeorigin_training.finetune.objective import Validation
from codeorigin_training.finetune.sampling import Draw
from codeorigin_training.finetune.strategies import make_schedule
from codeorigin_training.finetune.training import by_epochs
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
        ngrams = torch.zeros((*ids.shape, 2), dtype=torch.int64)
        return self.encoder.pooled(self.encoder.hidden(self.encoder.embed(ids, ngrams), mask), mask)

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        """Logits ``(B,)`` of pairs of states ``(B, D)``."""
        together = torch.cat([left, right, (left - right).abs(), left * right], dim=1)
        logit: Tensor = self.head(together).squeeze(-1)
        return logit


def encoder_shape(config: RepresentationsConfig, vocabulary: int, context: int) -> EncoderConfig:
    """The shape of the study's encoders, for ``vocabulary`` tokens and sequences of ``context`` tokens."""
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
    """A new encoder for ``size`` tokens."""
    return CompactEncoder(encoder_shape(config, size, config.context))


def load_pretrained(folder: Path, added: int) -> HuggingFaceEncoder:
    """The encoder in ``folder`` with ``added`` rows appended to its embedding table, each the mean of the old ones.

    Raises:
        EncoderError: the folder has no encoder.
    """
    encoder = HuggingFaceEncoder.from_pretrained(str(folder), download=False)
    old = encoder.token_embedding.weight.detach()
    encoder.body.resize_token_embeddings(len(old) + added, mean_resizing=False)
    with torch.no_grad():
        encoder.token_embedding.weight[len(old) :] = old.mean(dim=0)
    return encoder


class RelationLearner:
    """Learner for the training loop: pairs that belong together, and the same swapped with ``swaps`` neighbours."""

    def __init__(
        self,
        model: RelationClassifier,
        functions: Sequence[Represented],
        vocabulary: StructureVocabulary,
        config: RepresentationsConfig,
    ) -> None:
        self.module: nn.Module = model
        self._model = model
        self._functions, self._config = functions, config
        self._encoded = _encoded(functions, vocabulary, config.context)
        self._places = {id(each): place for place, each in enumerate(functions)}

    def round(self, generator: np.random.Generator) -> Sequence[Draw]:
        return [
            Draw(np.array([self._places[id(each)] for each in batch], dtype=np.int64), swapped)
            for batch, swapped in neighbour_batches(self._functions, self._config.batch, generator)
        ]

    def loss(self, draw: Draw, generator: np.random.Generator) -> StepLoss:
        batch = [self._functions[row] for row in draw.rows]
        swaps = _swaps(draw.companions, self._config.swaps)
        logits, targets = _logits(self._model, batch, self._encoded, swaps)
        # Matching and swapped pairs have equal total weight, and the mean weight is 1.
        weights = torch.where(targets > 0, (len(swaps) + 1) / 2, (len(swaps) + 1) / (2 * len(swaps)))
        loss = nn.functional.binary_cross_entropy_with_logits(logits, targets, weights)
        tokens = sum(len(self._encoded[id(each), view]) for each in batch for view in Representation)
        return StepLoss(loss, {}, tokens)

    def validation(self) -> Validation | None:
        return None


def train_relations(
    encoder: Encoder,
    functions: Sequence[Represented],
    vocabulary: StructureVocabulary,
    config: RepresentationsConfig,
    log: Callable[[str], None],
) -> RelationClassifier:
    """Train a classifier on all kinds of pairs; matching and swapped pairs have equal total weight."""
    torch.manual_seed(config.seed)
    model = RelationClassifier(encoder)
    learner = RelationLearner(model, functions, vocabulary, config)
    settings = FinetuneConfig(learning_rate=config.learning_rate, warm_up=0.1, device="cpu", seed=config.seed)
    batches = len(learner.round(np.random.default_rng(config.seed)))
    settings = by_epochs(settings, config.epochs, batches, 1, patience=0)
    schedule = make_schedule([list(model.parameters())], settings)
    fit(learner, schedule, settings, log=log, metrics=lambda figures, step: None)
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
    for batch, swapped in neighbour_batches(functions, config.batch, None):
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
        view: model.states(*_padded([encoded[id(each), view] for each in batch])) for view in Representation
    }
    logits, targets = [], []
    for left, other in KINDS:
        for number, place in enumerate([np.arange(len(batch)), *swaps]):
            logits.append(model(states[left], states[other][torch.from_numpy(place)]))
            targets.append(torch.full((len(batch),), 0.0 if number else 1.0))
    return torch.cat(logits), torch.cat(targets)


def _swaps(companions: Integers, most: int) -> list[Integers]:
    """At most ``most`` arrays of positions ``(B,)`` to swap with: rotations of ``companions`` without fixed points."""
    rolled = [np.roll(companions, number) for number in range(most)]
    return [each for each in rolled if (each != np.arange(len(each))).all()]


def _padded(sequences: Sequence[Integers]) -> tuple[Tensor, Tensor]:
    longest = max(1, *(len(each) for each in sequences))
    ids = torch.zeros((len(sequences), longest), dtype=torch.int64)
    mask = torch.zeros((len(sequences), longest), dtype=torch.bool)
    for number, each in enumerate(sequences):
        ids[number, : len(each)] = torch.from_numpy(each)
        mask[number, : max(len(each), 1)] = True
    return ids, mask
