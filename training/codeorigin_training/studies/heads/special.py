"""Heads that attend to a construct more than others do, and heads that differ between human and LLM functions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.text.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.studies.heads.significance import (
    PairedTests,
    by_unit,
    holm,
    mean_of_known,
    paired_tests,
)


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
    tests = paired_tests(flat, others)
    corrected = holm(tests.p.ravel()).reshape(tests.p.shape)
    lifts = mean_of_known(flat) / np.maximum(mean_of_known(others), 1e-12)
    found = (corrected < alpha) & (tests.difference > 0) & (lifts >= ratio)
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
    return sorted(special, key=lambda each: -each.lift)


def differing_heads(masses: Floats, units: Sequence[str]) -> tuple[PairedTests, Floats]:
    """Paired t-tests of the LLM against the human function for each head, and their corrected p ``(heads,)``.

    ``masses`` is ``(n, layers, heads)``: the human function of each pair, followed by the LLM's.
    """
    flat = masses.reshape(len(masses), -1)
    tests = paired_tests(by_unit(flat[1::2], units[1::2]), by_unit(flat[0::2], units[0::2]))
    return tests, holm(tests.p)


def special_by_lot(
    constructs: Floats, units: Sequence[str], alpha: float, ratio: float, *, draws: int, seed: int
) -> list[int]:
    """Number of special heads when each unit's heads are permuted at random, for each of ``draws`` draws.

    ``constructs`` is ``(n, layers, heads, constructs)``, as for :func:`special_heads`. Anything found here is due to
    chance; by Holm's correction, that should happen in only a share ``alpha`` of the draws.
    """
    means = by_unit(constructs, units)
    generator = np.random.default_rng(seed)
    shape = means.shape
    flat = means.reshape(len(means), -1, shape[-1])
    names = [str(number) for number in range(len(flat))]
    found = []
    for _ in range(draws):
        mixed = np.stack([each[generator.permutation(flat.shape[1])] for each in flat]).reshape(shape)
        found.append(len(special_heads(mixed, names, alpha, ratio)))
    return found


def differing_by_lot(
    masses: Floats, units: Sequence[str], alpha: float, *, draws: int, seed: int
) -> list[int]:
    """Number of differing heads when the sides are swapped in random repositories, for each of ``draws`` draws.

    ``masses`` is ``(n, layers, heads)``, as for :func:`differing_heads`.
    """
    generator = np.random.default_rng(seed)
    names, places = np.unique(list(units[0::2]), return_inverse=True)
    found = []
    for _ in range(draws):
        turned = generator.integers(2, size=len(names)).astype(bool)[places]
        mixed = masses.copy()
        mixed[0::2][turned], mixed[1::2][turned] = masses[1::2][turned], masses[0::2][turned]
        _, corrected = differing_heads(mixed, units)
        found.append(int((corrected < alpha).sum()))
    return found
