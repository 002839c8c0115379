"""Thresholds that hold where people are: by language and group, on every population of human code apart.

Two losses of a repository are controlled (conformal risk control, Angelopoulos et al., ICLR 2024): the share of its
human functions called ``llm``, whose mean is the false-positive rate of a new repository; and whether that share is
above ``tail_share``, so that the mean is not kept at the cost of one careful project. Both only fall as a threshold
rises, so the higher of two thresholds keeps both promises.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.calibrate.thresholds import controlled_threshold, supported_threshold
from codeorigin_training.corpus.rows import DISTRIBUTION_SOURCE, SNIPPET_SOURCE, Row


@dataclass(frozen=True, slots=True)
class PromiseSettings:
    """What is promised, of how many repositories, and from what size on a function counts.

    ``rate`` is the share of a new repository's human functions that may be called ``llm``, in expectation, and
    ``human_rate`` the share of LLM code that band ``human`` may hold. A repository of ``tail_fewest`` human functions or
    more counts as accused when more than ``tail_share`` of them are called ``llm``; of new ones ``tail_rate`` may be. A
    population of fewer repositories than a promise takes is heard from ``fewest_evidence`` on. Functions of fewer than
    ``min_lines`` lines or ``min_characters`` characters that are not blank get no verdict.
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
    """The kind of human code that a row belongs to: promises hold on each apart, since their scores differ."""
    if row.source == DISTRIBUTION_SOURCE:
        return DISTRIBUTION
    if row.source == SNIPPET_SOURCE:
        return PUBLISHED
    return "modern" if row.modern else "old"


@dataclass(frozen=True, slots=True)
class HumanScores:
    """Human code: raw logits, out of sample, with the repository and the population of each, all ``(n,)``."""

    logits: Floats
    repositories: Integers
    populations: npt.NDArray[np.str_]

    def take(self, inside: Booleans) -> "HumanScores":
        """Those of ``inside``, bool ``(n,)``."""
        return HumanScores(self.logits[inside], self.repositories[inside], self.populations[inside])


@dataclass(frozen=True, slots=True)
class Bound:
    """A lower bound of an ``llm`` threshold.

    ``promised`` keeps a promise, with ``repositories`` behind it; None where there are too few for one. It is
    ``together`` if it holds for all populations as one, since none of them alone has repositories enough: then it says
    little of any one, such as code of today. ``evidence`` is what populations too small for a promise ask for without
    one; minus infinity where there is none.
    """

    promised: float | None
    repositories: int
    evidence: float
    together: bool = False

    @property
    def lowest(self) -> float:
        """The lowest threshold that both allow."""
        return max(self.evidence, -np.inf if self.promised is None else self.promised)


def mean_bound(human: HumanScores, terms: PromiseSettings) -> Bound:
    """The bound that keeps the false-positive rate of a new repository at ``terms.rate``."""
    return _over_populations(human, terms.rate, terms.fewest_evidence)


def tail_bound(human: HumanScores, terms: PromiseSettings) -> Bound:
    """The bound that keeps the share of accused repositories at ``terms.tail_rate``."""
    return _over_populations(_accusing(human, terms), terms.tail_rate, terms.fewest_evidence)


def _over_populations(human: HumanScores, rate: float, fewest_evidence: int) -> Bound:
    """The highest threshold of the populations with repositories enough; of all together where none has."""
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
    """One logit a repository and population: it is accused by every threshold up to that.

    With ``k`` functions allowed among its ``n`` that is its ``k + 1`` highest logit, so the loss of 0 or 1 at a
    threshold is that of a repository with this function alone.
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
