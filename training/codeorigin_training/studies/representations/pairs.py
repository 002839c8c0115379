"""Pairs of representations of the same function, and pairs swapped between functions of one language and length."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import numpy as np

from codeorigin.languages.parsing import ParseBudgetError
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.arrays import Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.studies.representations.control_flow import control_flow
from codeorigin_training.studies.representations.trees import tree_tokens


class Representation(StrEnum):
    """One representation of a function."""

    SOURCE = "source"
    TREE = "tree"
    FLOW = "flow"


KINDS = (
    (Representation.SOURCE, Representation.TREE),
    (Representation.SOURCE, Representation.FLOW),
    (Representation.TREE, Representation.FLOW),
)
"""The kinds of pairs in the data set."""


@dataclass(frozen=True, slots=True)
class Represented:
    """A function in all representations: normalised source, and the tokens of tree and flow."""

    row: Row
    source: str
    tree: tuple[str, ...]
    flow: tuple[str, ...]

    def text(self, view: Representation) -> str:
        """The representation as text; tokens of structure are separated by spaces."""
        return self.source if view is Representation.SOURCE else " ".join(self.tokens(view))

    def tokens(self, view: Representation) -> tuple[str, ...]:
        """The tokens of ``TREE`` or ``FLOW``."""
        return self.tree if view is Representation.TREE else self.flow


def represented(rows: Sequence[Row]) -> list[Represented]:
    """The functions of ``rows`` that have a control flow, sorted by language and length of the tree."""
    found = []
    for row in rows:
        try:
            flow = control_flow(row.code, row.language)
            tree = tree_tokens(row.code, row.language)
        except ParseBudgetError:
            continue
        if flow is not None:
            source = normalize(row.code, row.language).text
            found.append(Represented(row, source, tuple(tree), tuple(flow.tokens)))
    return sorted(found, key=lambda each: (each.row.language, len(each.tree)))


def neighbour_batches(
    functions: Sequence[Represented], size: int
) -> Iterator[tuple[list[Represented], Integers]]:
    """Batches of neighbours in language and length, and the positions ``(size,)`` of the ones to swap with.

    No function is swapped with itself or with one of another language; batches of one are left out. ``functions`` are
    in the order of :func:`represented`, ``size`` is 2 or more.
    """
    for _, same in groupby(functions, key=lambda each: each.row.language):
        inside = list(same)
        for start in range(0, len(inside), size):
            batch = inside[start : start + size]
            if len(batch) > 1:
                yield batch, np.roll(np.arange(len(batch)), 1).astype(np.int64)
