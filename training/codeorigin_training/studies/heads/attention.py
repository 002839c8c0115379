"""What heads do: their attention between a specification and its code, and what the retriever loses without them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from scipy import stats

from codeorigin.languages.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.specifications import Specification
from codeorigin_training.encoder.heads import attention_layers, gated
from codeorigin_training.encoder.inference import padded
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.studies.heads.retriever import RetrievalExample, Retriever

_FEWEST = 3
_BATCH = 32


@dataclass(frozen=True, slots=True)
class HeadMasses:
    """Attention of every head on ``n`` examples.

    ``to_code`` is the mean share of attention from the specification's tokens to the code, ``to_specification`` that
    from the code's tokens to the specification, both ``(n, layers, heads)``. ``constructs``
    ``(n, layers, heads, constructs)`` is the lift of each construct: its share of the attention to the code divided by
    its share of the code's tokens. It is 1 for a head without a preference, and NaN if the code has no such token.
    """

    to_code: Floats
    to_specification: Floats
    constructs: Floats


@torch.no_grad()
def head_masses(model: Retriever, examples: Sequence[RetrievalExample]) -> HeadMasses:
    """Measure ``examples``, all of which must have a specification and code."""
    found = [masses_of(model.attention(example), example) for example in examples]
    return HeadMasses(*(np.array(array) for array in zip(*found, strict=True)))


def masses_of(attention: Floats, example: RetrievalExample) -> tuple[Floats, Floats, Floats]:
    """The masses of one example from its ``attention`` ``(layers, heads, T, T)``; see :class:`HeadMasses`."""
    forth = attention[:, :, example.specification, example.code].mean(axis=2)
    back = attention[:, :, example.code, example.specification].sum(axis=3).mean(axis=2)
    total = forth.sum(axis=2)
    lifts = np.full((*attention.shape[:2], len(CONSTRUCTS)), np.nan)
    for code in range(len(CONSTRUCTS)):
        inside = example.constructs == code
        if inside.any():
            share = forth[:, :, inside].sum(axis=2) / np.maximum(total, 1e-12)
            lifts[:, :, code] = share / inside.mean()
    return total, back, lifts


@dataclass(frozen=True, slots=True)
class SpecialHead:
    """A head that attends to a construct more than the others: its mean lift over them, and the corrected p."""

    layer: int
    head: int
    construct: str
    lift: float
    p: float


def special_heads(constructs: Floats, units: Sequence[str], alpha: float, ratio: float) -> list[SpecialHead]:
    """Heads that attend to a construct more than the others do, by paired t-tests over units with Holm's correction.

    Args:
        constructs: lifts ``(n, layers, heads, constructs)``, as in :class:`HeadMasses`.
        units: the repository of each example.
        alpha: family-wise error over all heads and constructs.
        ratio: minimum lift of a special head, relative to the mean of the other heads.
    """
    means = by_unit(constructs, units)
    layers, heads, kinds = means.shape[1:]
    flat = means.reshape(len(means), layers * heads, kinds)
    others = np.stack([np.delete(flat, head, axis=1).mean(axis=1) for head in range(layers * heads)], axis=1)
    difference, p = paired_tests(flat, others)
    corrected = holm(p.ravel()).reshape(p.shape)
    lifts = _mean_of_known(flat) / np.maximum(_mean_of_known(others), 1e-12)
    found = (corrected < alpha) & (difference > 0) & (lifts >= ratio)
    special = [
        SpecialHead(
            layer=int(head) // heads,
            head=int(head) % heads,
            construct=CONSTRUCTS[kind].value,
            lift=float(lifts[head, kind]),
            p=float(corrected[head, kind]),
        )
        for head, kind in np.argwhere(found)
    ]
    return sorted(special, key=lambda head: -head.lift)


def differing_heads(masses: Floats, units: Sequence[str]) -> Floats:
    """Corrected p ``(layers * heads,)`` of paired t-tests of the LLM's function against the human one.

    ``masses`` is ``(n, layers, heads)``: the human function of each pair, followed by the LLM's.
    """
    flat = masses.reshape(len(masses), -1)
    _, p = paired_tests(by_unit(flat[1::2], units[1::2]), by_unit(flat[0::2], units[0::2]))
    return holm(p)


def by_unit(values: Floats, units: Sequence[str]) -> Floats:
    """Means ``(units, ...)`` of ``values`` ``(n, ...)`` over the rows of each unit, ignoring NaN."""
    means = pd.DataFrame(values.reshape(len(values), -1)).groupby(list(units)).mean()
    return np.asarray(means, dtype=np.float64).reshape(-1, *values.shape[1:])


def paired_tests(left: Floats, right: Floats) -> tuple[Floats, Floats]:
    """Mean differences and p values of Student's paired t-tests of ``left`` against ``right``, ``(units, ...)`` each.

    p is 1 with too few units.
    """
    # Rounded, because a difference by an error of rounding is the same in all units.
    gaps = np.round(left - right, 12)
    count = np.isfinite(gaps).sum(axis=0)
    difference = _mean_of_known(gaps)
    spread = np.sqrt(np.nansum((gaps - difference) ** 2, axis=0) / np.maximum(count - 1, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = difference / (spread / np.sqrt(count))
    p = 2 * stats.t.sf(np.abs(statistic), np.maximum(count - 1, 1))
    return difference, np.where((count < _FEWEST) | np.isnan(p), 1.0, p)


def _mean_of_known(values: Floats) -> Floats:
    """Means ``(...)`` of ``values`` ``(n, ...)``, ignoring NaN; 0 where there is nothing else."""
    means: Floats = np.nansum(values, axis=0) / np.maximum(np.isfinite(values).sum(axis=0), 1)
    return means


def holm(p_values: Floats) -> Floats:
    """Corrected p values ``(n,)``; those below alpha are significant at a family-wise error of alpha.

    Source: Holm, "A simple sequentially rejective multiple test procedure" (1979).
    """
    order = np.argsort(p_values)
    raised = np.maximum.accumulate(p_values[order] * np.arange(len(p_values), 0, -1))
    corrected = np.empty(len(p_values))
    corrected[order] = np.minimum(raised, 1.0)
    return corrected


@dataclass(frozen=True, slots=True)
class Queries:
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


def with_candidates(model: Retriever, pairs: Sequence[Specification], candidates: int, seed: int) -> Queries:
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
    return Queries(examples, candidates, [pair.repo for pair in pairs])


@torch.no_grad()
def retriever_logits(model: Retriever, queries: Queries, gates: Floats | None = None) -> Floats:
    """Logits ``(n x candidates,)``, with the heads' outputs multiplied by ``gates`` ``(layers, heads)`` if given."""
    open_gates = np.ones(all_heads(model)) if gates is None else gates
    found: list[float] = []
    with gated(model.body, torch.from_numpy(open_gates).float()):
        for first in range(0, len(queries.examples), _BATCH):
            some = [example.ids for example in queries.examples[first : first + _BATCH]]
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


def ablation(model: Retriever, queries: Queries) -> Floats:
    """AUROC with all heads minus AUROC without each head, ``(layers, heads)``.

    Source: Michel, Levy and Neubig, "Are Sixteen Heads Really Better than One?" (NeurIPS 2019), section 3.2.
    """
    whole = auroc(queries.labels, retriever_logits(model, queries))
    lost = np.zeros(all_heads(model))
    for place in np.ndindex(*lost.shape):
        gates = np.ones(lost.shape)
        gates[place] = 0.0
        lost[place] = whole - auroc(queries.labels, retriever_logits(model, queries, gates))
    return lost


def pruning_curve(
    model: Retriever, queries: Queries, lost: Floats, steps: int = 8
) -> list[tuple[int, float]]:
    """The heads left and the AUROC, as heads go in ``steps`` steps, those with the least ``lost`` first."""
    order = np.argsort(lost, axis=None, kind="stable")
    points = []
    for gone in sorted({round(step * lost.size / steps) for step in range(steps + 1)}):
        gates = np.ones(lost.size)
        gates[order[:gone]] = 0.0
        logits = retriever_logits(model, queries, gates.reshape(lost.shape))
        points.append((lost.size - gone, auroc(queries.labels, logits)))
    return points
