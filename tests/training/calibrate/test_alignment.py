"""Offsets of languages against quantiles by hand."""

from dataclasses import dataclass

import numpy as np
import pytest

from codeorigin_training.calibrate.alignment import language_offsets
from codeorigin_training.calibrate.promises import DISTRIBUTION, HumanScores


@dataclass(frozen=True)
class Settings:
    offset_quantile: float = 0.75
    offset_repositories: float = 0.0


def code(logits: list[float], repositories: list[int], population: str = "old") -> HumanScores:
    return HumanScores(np.array(logits), np.array(repositories), np.full(len(logits), population))


def together(*parts: HumanScores) -> HumanScores:
    return HumanScores(
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.repositories for part in parts]),
        np.concatenate([part.populations for part in parts]),
    )


def test_an_offset_is_the_quantile_with_repositories_alike() -> None:
    # Of the first repository's four functions each weighs a quarter of the second's one.
    human = code([1.0, 2.0, 3.0, 4.0, 9.0], [0, 0, 0, 0, 1])
    offsets = language_offsets(human, np.full(5, "go"), Settings(offset_quantile=0.5))
    assert offsets == {"go": 4.0}
    assert language_offsets(human, np.full(5, "go"), Settings(offset_quantile=0.51)) == {"go": 9.0}


def test_few_repositories_move_their_language_little() -> None:
    human = code([0.0] * 30 + [5.0] * 10, [*range(30), *range(30, 40)])
    languages = np.array(["go"] * 30 + ["rust"] * 10)
    free = language_offsets(human, languages, Settings(offset_quantile=0.5))
    assert free == {"go": 0.0, "rust": 5.0}
    mixed = language_offsets(human, languages, Settings(offset_quantile=0.5, offset_repositories=30.0))
    assert mixed == {"go": 0.0, "rust": pytest.approx(5.0 * 10 / 40)}


def test_packages_of_a_distribution_count_where_there_is_nothing_else() -> None:
    own = code([2.0] * 4, [0, 1, 2, 3])
    packages = code([-3.0] * 20, list(range(10, 30)), DISTRIBUTION)
    languages = np.array(["go"] * 24)
    assert language_offsets(together(own, packages), languages, Settings()) == {"go": 2.0}
    assert language_offsets(packages, languages[:20], Settings()) == {"go": -3.0}
    apart = np.array(["go"] * 4 + ["rust"] * 20)
    assert language_offsets(together(own, packages), apart, Settings()) == {"go": 2.0, "rust": 2.0}
