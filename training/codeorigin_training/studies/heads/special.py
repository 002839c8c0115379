"""Heads that attend to a construct more than others do, and heads that differ between human and LLM functions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.text.construct import CONSTRUCTS
from codeorigin_training.arrays import Floats
from codeorigin_training.studies.heads.significance import PairedTest, by_unit, holm, paired_test


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
    tested: list[tuple[int, int, PairedTest, float]] = []
    for head in range(layers * heads):
        others = np.delete(flat, head, axis=1).mean(axis=1)
        for kind in range(kinds):
            found = paired_test(flat[:, head, kind], others[:, kind])
            own, rest = (_finite_mean(each) for each in (flat[:, head, kind], others[:, kind]))
            tested.append((head, kind, found, own / rest if rest > 0 else 0.0))
    corrected = holm(np.array([each.p for _, _, each, _ in tested]))
    special = [
        SpecialHead(head // heads, head % heads, CONSTRUCTS[kind].value, lift, float(p))
        for (head, kind, found, lift), p in zip(tested, corrected, strict=True)
        if p < alpha and found.difference > 0 and lift >= ratio
    ]
    return sorted(special, key=lambda each: -each.lift)


def differing_heads(masses: Floats, units: Sequence[str]) -> tuple[list[PairedTest], Floats]:
    """Paired t-tests of the LLM against the human function for each head, and their corrected p ``(heads,)``.

    ``masses`` is ``(n, layers, heads)``: the human function of each pair, followed by the LLM's.
    """
    flat = masses.reshape(len(masses), -1)
    human, llm = by_unit(flat[0::2], units[0::2]), by_unit(flat[1::2], units[1::2])
    tests = [paired_test(llm[:, head], human[:, head]) for head in range(flat.shape[1])]
    return tests, holm(np.array([each.p for each in tests]))


def _finite_mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else 0.0


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
