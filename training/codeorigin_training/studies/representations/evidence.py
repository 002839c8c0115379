"""A bundle's evidence by construct: its share, and how well each construct alone separates the classes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.text.construct import CONSTRUCTS, Construct
from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.data import unit_numbers
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.report.intervals import Draws, area


@dataclass(frozen=True, slots=True)
class ConstructRow:
    """One construct: its share of the characters and of the absolute evidence, and the AUROC of its evidence alone."""

    construct: Construct
    characters: float
    evidence: float
    auroc: Estimate


def construct_evidence(rows: Sequence[Row], detector: Detector) -> tuple[Floats, Floats]:
    """Evidence in logits and characters of every construct of every row, ``(n, constructs)`` each."""
    values, characters = (np.zeros((len(rows), len(CONSTRUCTS))) for _ in range(2))
    for number, row in enumerate(rows):
        for each in detector.explainer.explain(row.code, row.language).constructs:
            place = CONSTRUCTS.index(each.construct)
            values[number, place], characters[number, place] = each.value, each.characters
    return values, characters


def construct_rows(
    rows: Sequence[Row], values: Floats, characters: Floats, draws: Draws
) -> list[ConstructRow]:
    """The constructs, sorted by their share of the absolute evidence ``(n, constructs)``, largest first."""
    labels = np.array([row.label for row in rows], dtype=np.int64)
    shares = np.abs(values).sum(axis=0) / max(np.abs(values).sum(), 1e-12)
    groups = unit_numbers(rows)
    found = [
        ConstructRow(
            construct,
            float(characters[:, place].sum() / characters.sum()),
            float(shares[place]),
            area(groups, labels, values[:, place], draws),
        )
        for place, construct in enumerate(CONSTRUCTS)
    ]
    return sorted(found, key=lambda each: -each.evidence)
