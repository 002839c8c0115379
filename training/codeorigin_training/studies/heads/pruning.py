"""What the retriever loses without each head, and as more and more heads are pruned."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.encoder.heads import attention_layers, gated
from codeorigin_training.encoder.inference import padded
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.studies.heads.retriever import RetrievalExample, Retriever

_BATCH = 32


@dataclass(frozen=True, slots=True)
class PruningPoint:
    """The number of heads ``left``, and the AUROC of the retriever with only those."""

    left: int
    auroc: float


def all_heads(model: Retriever) -> tuple[int, int]:
    """The number of layers, and of heads per layer."""
    layers = attention_layers(model.body)
    return len(layers), int(layers[0].self.num_attention_heads)


@torch.no_grad()
def retriever_logits(
    model: Retriever, examples: Sequence[RetrievalExample], gates: Floats | None = None
) -> Floats:
    """Logits ``(n,)``, with the heads' outputs multiplied by ``gates`` ``(layers, heads)`` if given."""
    kept = np.ones(all_heads(model)) if gates is None else gates
    found: list[float] = []
    with gated(model.body, torch.from_numpy(kept).float()):
        for first in range(0, len(examples), _BATCH):
            ids, mask = padded(
                [each.ids for each in examples[first : first + _BATCH]], model.tokenizer.pad_token_id
            )
            found += model(ids, mask).tolist()
    return np.array(found)


def importance(model: Retriever, examples: Sequence[RetrievalExample], labels: Integers) -> Floats:
    """How much the loss depends on each head's gate: the absolute gradient ``(layers, heads)``, normalized per layer.

    Source: Michel, Levy and Neubig (NeurIPS 2019), equation 2; each layer's values are divided by their norm
    (Molchanov et al., ICLR 2017).
    """
    total = np.zeros(all_heads(model))
    for each, label in zip(examples, labels, strict=True):
        gates = torch.ones(all_heads(model), requires_grad=True)
        with gated(model.body, gates):
            logit = model(*padded([each.ids], model.tokenizer.pad_token_id))
        loss = nn.functional.binary_cross_entropy_with_logits(logit, torch.tensor([float(label)]))
        (gradient,) = torch.autograd.grad(loss, gates)
        total += gradient.abs().double().numpy()
    norms = np.linalg.norm(total, axis=1, keepdims=True)
    scaled: Floats = total / np.maximum(norms, 1e-12)
    return scaled


def ablation(model: Retriever, examples: Sequence[RetrievalExample], labels: Integers) -> Floats:
    """AUROC with all heads minus AUROC without each head, ``(layers, heads)``."""
    whole = auroc(labels, retriever_logits(model, examples))
    lost = np.zeros(all_heads(model))
    for place in np.ndindex(*lost.shape):
        gates = np.ones(lost.shape)
        gates[place] = 0.0
        lost[place] = whole - auroc(labels, retriever_logits(model, examples, gates))
    return lost


def pruning_curve(
    model: Retriever, examples: Sequence[RetrievalExample], labels: Integers, scores: Floats, steps: int = 8
) -> list[PruningPoint]:
    """AUROC as heads are removed in ``steps`` steps, those with the smallest ``scores`` ``(layers, heads)`` first."""
    order = np.argsort(scores, axis=None, kind="stable")
    points = []
    for gone in sorted({round(step * scores.size / steps) for step in range(steps + 1)}):
        gates = np.ones(scores.size)
        gates[order[:gone]] = 0.0
        logits = retriever_logits(model, examples, gates.reshape(scores.shape))
        points.append(PruningPoint(scores.size - gone, auroc(labels, logits)))
    return points
