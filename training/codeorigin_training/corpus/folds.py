"""Held-out folds that ask for more than new repositories: a generator, or a language, that training never saw."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin_training.corpus.rows import CorpusError, Row
from codeorigin_training.corpus.splits import unit_hash

Bools = npt.NDArray[np.bool_]

_FAMILY_ENDS = ("-", ".", " ", "/", ":")


@dataclass(frozen=True, slots=True)
class Fold:
    """Which rows train and which test, bool of shape ``(len(rows),)`` each; a row may do neither."""

    train: Bools
    test: Bools

    def __post_init__(self) -> None:
        if (self.train & self.test).any():
            raise CorpusError("a row is in the training and in the test part of a fold")


def generator_family(name: str) -> str:
    """The family of a generator's name: ``claude`` for ``claude-opus-4.6``, ``gpt`` for ``openai/gpt-4o``."""
    family = name.rpartition("/")[2].casefold()
    for end in _FAMILY_ENDS:
        family = family.partition(end)[0]
    return family.rstrip("0123456789") or family


def maker_of(row: Row) -> str:
    """Who wrote a row: the family of its generator, else its agent; empty for people."""
    return "" if row.label == 0 else generator_family(row.generator or row.agent)


def held_out_generator(
    rows: Sequence[Row], family: str, *, test_share: float = 0.3, salt: str = "generator"
) -> Fold:
    """Train without one family of generators, test on it against people of units that training did not see.

    Test rows are the family's and ``test_share`` of the units' human rows. No unit stands on both sides:
    where a unit of the family also holds other rows, those are left out of the training.

    Raises:
        CorpusError: no row is of ``family``.
    """
    made = np.array([maker_of(row) == family for row in rows], dtype=bool)
    if not made.any():
        raise CorpusError(f"no row was written by {family!r}; there are {', '.join(_makers(rows))}")
    return _fold(rows, made, test_share, salt)


def held_out_language(rows: Sequence[Row], language: str) -> Fold:
    """Train without one language, test on all of its rows; units of the language are left out of the training.

    Raises:
        CorpusError: no row is of ``language``.
    """
    inside = np.array([row.language == language for row in rows], dtype=bool)
    if not inside.any():
        raise CorpusError(
            f"no row is in {language!r}; there are {', '.join(sorted({r.language for r in rows}))}"
        )
    return Fold(train=~_of_units(rows, inside), test=inside)


def _fold(rows: Sequence[Row], made: Bools, test_share: float, salt: str) -> Fold:
    drawn = np.array([unit_hash(row.unit, salt) < test_share for row in rows], dtype=bool)
    human = np.array([row.label == 0 for row in rows], dtype=bool)
    tested = _of_units(rows, made) | drawn
    return Fold(train=~tested, test=made | (human & tested))


def _of_units(rows: Sequence[Row], chosen: Bools) -> Bools:
    units = {row.unit for row, inside in zip(rows, chosen, strict=True) if inside}
    return np.array([row.unit in units for row in rows], dtype=bool)


def _makers(rows: Sequence[Row]) -> list[str]:
    return sorted({maker for row in rows if (maker := maker_of(row))})
