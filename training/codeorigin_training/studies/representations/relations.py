"""Classify whether two representations are of one function: two towers that share an encoder, and a head.

Source: the classification objective of Sentence-BERT (Reimers and Gurevych, EMNLP 2019, section 3).
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
import torch
from tokenizers import Tokenizer as BpeTokenizer
from torch import Tensor, nn

from codeorigin.languages.parse_budget import ParseBudgetError
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.data.rows import Row
from codeorigin_training.encoder.inference import padded
from codeorigin_training.encoder.model import Encoder, compact_body
from codeorigin_training.encoder.settings import EncoderConfig
from codeorigin_training.encoder.tokenizer import train_tokenizer
from codeorigin_training.encoder.trainer import fit_batches
from codeorigin_training.studies.representations.structure import control_flow, function_node, tree_tokens

_UNITS = 128
_MARK = "\x1e"
"""Stands before every part of tree and flow, so that it is no word of a source."""


class Representation(StrEnum):
    """One representation of a function."""

    SOURCE = "source"
    TREE = "tree"
    FLOW = "flow"


KINDS = tuple(itertools.combinations(Representation, 2))
"""The kinds of pairs."""


@dataclass(frozen=True, slots=True)
class Represented:
    """A function's text in each representation: its normalised source, and the parts of tree and flow, marked."""

    row: Row
    texts: Mapping[Representation, str]


def represented(rows: Sequence[Row]) -> list[Represented]:
    """The functions of ``rows`` that have a structure, sorted by language and length of the tree."""
    found = []
    for row in rows:
        node = function_node(row.code, row.language)
        if node is None:
            continue
        try:
            source = normalize(row.code, row.language).text
        except ParseBudgetError:
            continue
        tree, flow = (_MARK + _MARK.join(parts) for parts in (tree_tokens(node), control_flow(node).tokens))
        texts = {Representation.SOURCE: source, Representation.TREE: tree, Representation.FLOW: flow}
        found.append(Represented(row, texts))
    return sorted(found, key=lambda each: (each.row.language, each.texts[Representation.TREE].count(_MARK)))


def vocabulary_of(functions: Sequence[Represented], size: int, seed: int) -> BpeTokenizer:
    """A vocabulary of ``size`` from the sources, and a token for each part of structure that is there more than once.

    Spelled in the tokens of source code, structure is twice as long and says no more
    (``experiments/study-representations-3108.json``).
    """
    rows = [function.row for function in functions]
    vocabulary = train_tokenizer(rows, vocab_size=size, sample=len(rows), seed=seed)
    texts = (text for function in functions for text in function.texts.values() if text.startswith(_MARK))
    parts = Counter(part for text in texts for part in text.split(_MARK))
    vocabulary.add_tokens([_MARK + part for part, count in sorted(parts.items()) if part and count > 1])
    return vocabulary


def neighbours(functions: Sequence[Represented], size: int) -> Iterator[list[Represented]]:
    """Batches of two to ``size`` functions of one language and about one length.

    ``functions`` are in the order of :func:`represented`.
    """
    for _, same in itertools.groupby(functions, key=lambda function: function.row.language):
        inside = list(same)
        for start in range(0, len(inside), size):
            batch = inside[start : start + size]
            if len(batch) > 1:
                yield batch


class RelationClassifier(nn.Module):
    """Computes the logits that token sequences are of the same function."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(4 * encoder.width, _UNITS), nn.ReLU(), nn.Linear(_UNITS, 1))

    def forward(self, sequences: "Sequences") -> dict[tuple[Representation, Representation], Tensor]:
        """For each of :data:`KINDS`, the logits ``(B, B)`` of every first representation with every second one."""
        states = {
            view: self.encoder.summary(self.encoder.embed(ids), mask)
            for view, (ids, mask) in sequences.items()
        }
        return {(left, right): self._logits(states[left], states[right]) for left, right in KINDS}

    def _logits(self, left: Tensor, right: Tensor) -> Tensor:
        size = (len(left), len(right), left.shape[1])
        first, second = left[:, None].expand(size), right[None].expand(size)
        together = torch.cat([first, second, (first - second).abs(), first * second], dim=-1)
        logits: Tensor = self.head(together).squeeze(-1)
        return logits


Sequences = dict[Representation, tuple[Tensor, Tensor]]
"""Ids and mask ``(B, T)`` of each representation of a batch."""


def relation_loss(model: RelationClassifier, sequences: Sequences) -> Tensor:
    """The loss on all pairs of a batch, in which those that belong together weigh as much as the others."""
    losses = []
    for logits in model(sequences).values():
        weight = torch.tensor(float(len(logits) - 1))
        losses.append(
            nn.functional.binary_cross_entropy_with_logits(logits, torch.eye(len(logits)), pos_weight=weight)
        )
    return torch.stack(losses).mean()


def train_relations(
    functions: Sequence[Represented],
    vocabulary: BpeTokenizer,
    shape: EncoderConfig,
    log: Callable[[str], None],
    *,
    batch: int,
    epochs: int,
    learning_rate: float,
    seed: int,
) -> RelationClassifier:
    """Train a new classifier with an encoder of ``shape`` on all kinds of pairs."""
    torch.manual_seed(seed)
    model = RelationClassifier(Encoder(compact_body(shape, vocabulary.get_vocab_size(), pad_id=0), shape))
    batches = [_sequences(neighbour, vocabulary, shape.context) for neighbour in neighbours(functions, batch)]
    fit_batches(
        model,
        lambda place: {"sequences": batches[place]},
        lambda sequences: relation_loss(model, sequences),
        batches=len(batches),
        epochs=epochs,
        learning_rate=learning_rate,
        seed=seed,
        log=log,
    )
    return model


@torch.no_grad()
def relation_answers(
    model: RelationClassifier, functions: Sequence[Represented], vocabulary: BpeTokenizer, batch: int
) -> pd.DataFrame:
    """The ``kind`` and ``repo`` of pairs of ``functions``, half of them swapped, and whether the answer is ``right``.

    Each function has its own and a neighbour's representation, so that half of the answers are right by chance.
    """
    answers = []
    for neighbour in neighbours(functions, batch):
        places = torch.arange(len(neighbour))
        for (left, right), logits in model(_sequences(neighbour, vocabulary, model.encoder.context)).items():
            matched, swapped = logits[places, places] > 0, logits[places, places.roll(1)] <= 0
            for answered in (matched, swapped):
                answers += [
                    (f"{left.value} and {right.value}", function.row.repo, bool(good))
                    for function, good in zip(neighbour, answered, strict=True)
                ]
    return pd.DataFrame(answers, columns=["kind", "repo", "right"])


def _sequences(batch: Sequence[Represented], vocabulary: BpeTokenizer, context: int) -> Sequences:
    found = {}
    for view in Representation:
        encoded = vocabulary.encode_batch([each.texts[view] for each in batch], add_special_tokens=False)
        found[view] = padded([np.array(each.ids[:context], dtype=np.int64) for each in encoded], 0)
    return found
