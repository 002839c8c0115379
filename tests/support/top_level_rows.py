"""Made-up code outside functions: from packages by people, and from published answers of both classes."""

from dataclasses import replace

import numpy as np

from codeorigin_training.arrays import Floats
from codeorigin_training.corpus.rows import DISTRIBUTION_SOURCE, SNIPPET_SOURCE, Row
from support.corpus_rows import row

CODE = "".join(f"row{number} = [value * {number} for value in range({number})]\n" for number in range(6))


def packages(
    language: str, count: int, mean: float, *, seed: int = 0, units: int = 5
) -> tuple[list[Row], Floats]:
    """Human units of ``count`` packages, and their logits, normal around ``mean``."""
    base = replace(row(), code=CODE, language=language, label=0, source=DISTRIBUTION_SOURCE, agent="")
    rows = [
        replace(base, repo=f"debian/{language}{package}", path=f"{number}.x")
        for package in range(count)
        for number in range(units)
    ]
    return rows, np.random.default_rng(seed).normal(mean, 1.0, len(rows))


def answers(
    language: str, count: int, mean: float, *, label: int = 1, seed: int = 1
) -> tuple[list[Row], Floats]:
    """``count`` published answers, each to a task of its own, and their logits."""
    base = replace(row(), code=CODE, language=language, label=label, source=SNIPPET_SOURCE, agent="")
    rows = [
        replace(base, repo="snippets/shelf", group=f"{language}-{label}-{number}", path="")
        for number in range(count)
    ]
    return rows, np.random.default_rng(seed).normal(mean, 1.0, count)


def together(*parts: tuple[list[Row], Floats]) -> tuple[list[Row], Floats]:
    """All rows, and all logits."""
    return [each for rows, _ in parts for each in rows], np.concatenate([logits for _, logits in parts])
