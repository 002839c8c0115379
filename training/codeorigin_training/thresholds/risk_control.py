"""Bounds on thresholds that hold for every population of human code separately.

Two losses per repository are controlled (conformal risk control, Angelopoulos et al., ICLR 2024): the share of its
human functions called ``llm``, whose mean is the false-positive rate of a new repository; and whether that share is
above ``tail_share``, so that the mean is not kept at the expense of a single careful project. Neither loss increases
as the threshold rises, so the higher of two thresholds keeps both promises.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pydantic

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, SNIPPET_SOURCE, Row
from codeorigin_training.thresholds.conformal import controlled_threshold, supported_threshold


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class PromiseSettings:
    """The promised rates, the repositories they need, and the minimum size of a function.

    ``rate`` is the expected share of a new repository's human functions that may be called ``llm``, and
    ``human_rate`` the share of LLM code that may be in band ``human``. A repository of at least ``tail_fewest`` human
    functions counts as accused if more than ``tail_share`` of them are called ``llm``; a share of ``tail_rate`` of new
    repositories may be accused. A population with too few repositories for a promise can still raise thresholds if it
    has at least ``fewest_evidence``. Functions of fewer than ``min_lines`` non-blank lines or ``min_characters``
    non-whitespace characters get no verdict.
    """

    rate: float = 0.015
    human_rate: float = 0.05
    tail_share: float = 0.05
    tail_rate: float = 0.03
    tail_fewest: int = 50
    fewest_evidence: int = 20
    min_lines: int = 3
    min_characters: int = 60

    def __post_init__(self) -> None:
        rates = (self.rate, self.human_rate, self.tail_share, self.tail_rate)
        if not all(0 < each < 1 for each in rates):
            raise ValueError("rate, human_rate, tail_share and tail_rate must lie between 0 and 1")
        if min(self.tail_fewest, self.fewest_evidence) < 1 or self.min_lines < 0 or self.min_characters < 0:
            raise ValueError(
                "tail_fewest and fewest_evidence must be at least 1, min_lines and min_characters at least 0"
            )


DISTRIBUTION = "distribution"
"""Human code of a distribution's packages."""

PUBLISHED = "published"
"""Human code of published answers to tasks."""


def population(row: Row) -> str:
    """The kind of human code that a row belongs to; promises hold for each kind, since their scores differ."""
    if row.source == DISTRIBUTION_SOURCE:
        return DISTRIBUTION
    if row.source == SNIPPET_SOURCE:
        return PUBLISHED
    return "modern" if row.modern else "old"


@dataclass(frozen=True, slots=True)
class HumanScores:
    """Raw out-of-sample logits of human code, with the repository and the population of each, all ``(n,)``."""

    logits: Floats
    repositories: Integers
    populations: npt.NDArray[np.str_]

    def take(self, inside: Booleans) -> "HumanScores":
        """The scores selected by ``inside``, bool ``(n,)``."""
        return HumanScores(self.logits[inside], self.repositories[inside], self.populations[inside])


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound of an ``llm`` threshold.

    ``promised`` is the threshold that keeps the promise, backed by ``repositories``; None if there are too few. It is
    ``together`` if it only holds for all populations pooled, because none alone has enough repositories; then it says
    little about any one of them, such as today's code. ``evidence`` is the threshold that populations too small for a
    promise require; minus infinity if there are none.
    """

    promised: float | None
    repositories: int
    evidence: float
    together: bool = False

    @property
    def lowest(self) -> float:
        """The lowest threshold that meets both ``promised`` and ``evidence``."""
        return max(self.evidence, -np.inf if self.promised is None else self.promised)


def mean_bound(human: HumanScores, terms: PromiseSettings) -> Bound:
    """The bound that keeps the false-positive rate of a new repository at ``terms.rate``."""
    return _over_populations(human, terms.rate, terms.fewest_evidence)


def tail_bound(human: HumanScores, terms: PromiseSettings) -> Bound:
    """The bound that keeps the share of accused repositories at ``terms.tail_rate``."""
    return _over_populations(_accusing(human, terms), terms.tail_rate, terms.fewest_evidence)


def _over_populations(human: HumanScores, rate: float, fewest_evidence: int) -> Bound:
    """The highest threshold of the populations with enough repositories; that of all together if none has."""
    names = np.unique(human.populations)
    promised: list[float] = []
    behind: list[Integers] = []
    evidence = -np.inf
    for name in names:
        part = human.take(human.populations == name)
        repositories = np.unique(part.repositories)
        threshold = controlled_threshold(part.logits, part.repositories, rate)
        if threshold is not None:
            promised.append(threshold)
            behind.append(repositories)
        elif len(repositories) >= fewest_evidence:
            evidence = max(evidence, supported_threshold(part.logits, part.repositories, rate))
    together = not promised and len(names) > 1
    if together:
        threshold = controlled_threshold(human.logits, human.repositories, rate)
        if threshold is not None:
            promised.append(threshold)
            behind.append(human.repositories)
    count = len(np.unique(np.concatenate(behind))) if behind else 0
    return Bound(max(promised) if promised else None, count, evidence, together and bool(promised))


def _accusing(human: HumanScores, terms: PromiseSettings) -> HumanScores:
    """One logit for each repository and population: every threshold up to that logit accuses it.

    If ``k`` of its ``n`` functions may be called ``llm``, that is its ``(k + 1)``-th highest logit, so the loss of 0
    or 1 at a threshold is that of a repository with only this function.
    """
    logits: list[float] = []
    repositories: list[int] = []
    populations: list[str] = []
    for name in np.unique(human.populations):
        part = human.take(human.populations == name)
        order = np.lexsort((-part.logits, part.repositories))
        ids, starts, counts = np.unique(part.repositories[order], return_index=True, return_counts=True)
        for repository, start, count in zip(ids.tolist(), starts.tolist(), counts.tolist(), strict=True):
            if count >= terms.tail_fewest:
                allowed = int(np.floor(terms.tail_share * count + 1e-9))
                logits.append(float(part.logits[order[start + allowed]]))
                repositories.append(repository)
                populations.append(str(name))
    return HumanScores(
        np.array(logits, dtype=np.float64),
        np.array(repositories, dtype=np.int64),
        np.array(populations, dtype=np.str_),
    )
