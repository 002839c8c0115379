"""Splits by project, because a model must never be measured on code of a project that it has seen."""

import hashlib
from collections.abc import Sequence

import numpy as np

from codeorigin_training.arrays import Integers
from codeorigin_training.data.projects import project_of
from codeorigin_training.data.rows import Row

TEST_SHARE = 0.15


def unit_hash(repo: str, salt: str) -> float:
    """A number in [0, 1) that only depends on the repository's name, so that splits are stable when data is added."""
    digest = hashlib.sha256(f"{salt}\0{repo.lower()}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2.0**64


def is_held_out(repo: str) -> bool:
    """Whether the repository's project belongs to the test split, which neither training nor calibration reads."""
    return unit_hash(project_of(repo), "test") < TEST_SHARE


def fold_of(repo: str, folds: int) -> int:
    """Cross-fitting fold of a repository's project, 0 to ``folds - 1``."""
    return int(unit_hash(project_of(repo), "fold") * folds)


def fold_array(rows: Sequence[Row], folds: int) -> Integers:
    """:func:`fold_of` of every row, int64 of shape ``(len(rows),)``."""
    return np.array([fold_of(row.repo, folds) for row in rows], dtype=np.int64)
