"""The share of each head's attention between a specification and its code, and the constructs it goes to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from codeorigin.text.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.studies.heads.retriever import RetrievalExample, Retriever


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
    to_code, back, constructs = [], [], []
    for each in examples:
        found = masses_of(model.attention(each), each)
        to_code.append(found[0])
        back.append(found[1])
        constructs.append(found[2])
    return HeadMasses(np.array(to_code), np.array(back), np.array(constructs))


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
