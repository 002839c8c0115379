"""How well the retriever finds a specification's function among others, and what it loses as heads are pruned."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.specifications import Specification
from codeorigin_training.encoder.heads import attention_layers, gated
from codeorigin_training.encoder.inference import padded
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.studies.heads.retriever import RetrievalExample, Retriever

_BATCH = 32


@dataclass(frozen=True, slots=True)
class Asked:
    """Every specification with ``candidates`` functions, its own first: a flat list of ``n x candidates`` examples."""

    examples: list[RetrievalExample]
    candidates: int
    repos: list[str]

    @property
    def labels(self) -> Integers:
        """1 for each specification's own function, ``(n x candidates,)``."""
        return np.tile(np.arange(self.candidates) == 0, len(self.repos)).astype(np.int64)

    @property
    def chance(self) -> float:
        """The mean reciprocal rank of a random order."""
        return float((1.0 / np.arange(1, self.candidates + 1)).mean())


def asked_among(model: Retriever, pairs: Sequence[Specification], candidates: int, seed: int) -> Asked:
    """The human function of each of ``pairs`` among those of others, preferably of the same language."""
    generator = np.random.default_rng(seed)
    candidates = min(candidates, len(pairs))
    examples = []
    for place, pair in enumerate(pairs):
        others = [other for other in generator.permutation(len(pairs)).tolist() if other != place]
        others.sort(key=lambda other: pairs[other].language != pair.language)
        examples += [
            model.example(pair.behaviour, pairs[other].human_code, pair.language)
            for other in (place, *others[: candidates - 1])
        ]
    return Asked(examples, candidates, [pair.repo for pair in pairs])


@torch.no_grad()
def retriever_logits(model: Retriever, asked: Asked, gates: Floats | None = None) -> Floats:
    """Logits ``(n x candidates,)``, with the heads' outputs multiplied by ``gates`` ``(layers, heads)`` if given."""
    open_gates = np.ones(all_heads(model)) if gates is None else gates
    found: list[float] = []
    with gated(model.body, torch.from_numpy(open_gates).float()):
        for first in range(0, len(asked.examples), _BATCH):
            some = [example.ids for example in asked.examples[first : first + _BATCH]]
            found += model(*padded(some, model.tokenizer.pad_token_id)).tolist()
    return np.array(found)


def all_heads(model: Retriever) -> tuple[int, int]:
    """The number of layers, and of heads per layer."""
    layers = attention_layers(model.body)
    return len(layers), int(layers[0].self.num_attention_heads)


def ranks(logits: Floats, candidates: int) -> Integers:
    """The rank of each specification's own function, int64 ``(n,)``, from 1; in a tie it ranks last."""
    table = logits.reshape(-1, candidates)
    return np.asarray(1 + (table[:, 1:] >= table[:, :1]).sum(axis=1), dtype=np.int64)


def ablation(model: Retriever, asked: Asked) -> Floats:
    """AUROC with all heads minus AUROC without each head, ``(layers, heads)``.

    Source: Michel, Levy and Neubig, "Are Sixteen Heads Really Better than One?" (NeurIPS 2019), section 3.2.
    """
    whole = auroc(asked.labels, retriever_logits(model, asked))
    lost = np.zeros(all_heads(model))
    for place in np.ndindex(*lost.shape):
        gates = np.ones(lost.shape)
        gates[place] = 0.0
        lost[place] = whole - auroc(asked.labels, retriever_logits(model, asked, gates))
    return lost


def pruning_curve(model: Retriever, asked: Asked, lost: Floats, steps: int = 8) -> list[tuple[int, float]]:
    """The heads left and the AUROC, as heads go in ``steps`` steps, those with the least ``lost`` first."""
    order = np.argsort(lost, axis=None, kind="stable")
    points = []
    for gone in sorted({round(step * lost.size / steps) for step in range(steps + 1)}):
        gates = np.ones(lost.size)
        gates[order[:gone]] = 0.0
        logits = retriever_logits(model, asked, gates.reshape(lost.shape))
        points.append((lost.size - gone, auroc(asked.labels, logits)))
    return points
