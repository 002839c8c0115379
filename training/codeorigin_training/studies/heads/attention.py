"""The attention of each head between a specification and its code, and the heads that stand out by it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from scipy import stats

from codeorigin.languages.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.studies.heads.retriever import RetrievalExample, Retriever

_FEWEST = 3


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
