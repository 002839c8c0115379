"""How much of each head's attention goes between a specification and its code, and to which constructs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from codeorigin.source.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.studies.heads.retriever import RetrievalExample, Retriever


@dataclass(frozen=True, slots=True)
class HeadMasses:
    """Attention of every head on ``n`` examples.

    ``to_code`` is the mean share of their attention that the specification's tokens give to the code,
    ``to_specification`` that which the code's tokens give back, both ``(n, layers, heads)``. ``constructs``
    ``(n, layers, heads, constructs)`` is how the attention to the code is divided among its constructs, over the
    share of the tokens that they have: 1 is what a head that makes no difference gives. It is NaN where the code
    has no such token.
    """

    to_code: Floats
    to_specification: Floats
    constructs: Floats


@torch.no_grad()
def head_masses(model: Retriever, examples: Sequence[RetrievalExample]) -> HeadMasses:
    """Measure ``examples``, none of which may lack a specification or code."""
    to_code, back, constructs = [], [], []
    for each in examples:
        found = masses_of(model.attention(each), each)
        to_code.append(found[0])
        back.append(found[1])
        constructs.append(found[2])
    return HeadMasses(np.array(to_code), np.array(back), np.array(constructs))


def masses_of(attention: Floats, example: RetrievalExample) -> tuple[Floats, Floats, Floats]:
    """The masses of one example by its ``attention`` ``(layers, heads, T, T)``; see :class:`HeadMasses`."""
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
