"""Rows of the report from the manifest: false positives, commits, whole files, and code of both classes."""

from dataclasses import dataclass

from codeorigin_training.measure.figures import Estimate


@dataclass(frozen=True, slots=True)
class AccusedCell:
    """Human functions of one population, language and group (``all`` for all) that are called ``llm``."""

    population: str
    language: str
    group: str
    share: Estimate
    repositories: int
    functions: int


@dataclass(frozen=True, slots=True)
class AccusedRepositories:
    """Repositories of a population: the share called in the worst tenth, and the share of repositories over 5 %."""

    population: str
    repositories: int
    worst_tenth: float | None
    over_5_percent: float | None


@dataclass(frozen=True, slots=True)
class FalsePositives:
    """False positives for one way to judge a function."""

    way: str
    cells: tuple[AccusedCell, ...]
    repositories: tuple[AccusedRepositories, ...]


@dataclass(frozen=True, slots=True)
class CommitRow:
    """Functions of commits of one size class in the corpus, judged in one way."""

    human: str
    commit: str
    way: str
    functions: int
    auroc: Estimate
    tpr_at_1: Estimate


@dataclass(frozen=True, slots=True)
class CalledRow:
    """Functions of one era's human code, or of LLMs, that are called ``llm`` when judged in one way.

    Their commit or file (``within``) is of one size class in the corpus.
    """

    code: str
    within: str
    functions: str
    way: str
    share: Estimate
    repositories: int
    items: int


@dataclass(frozen=True, slots=True)
class WholeRow:
    """Whole files or commits ranked by the bundle's rule for them, against one era's human code.

    ``kind`` also names the number of functions if it is of one size class.
    """

    kind: str
    human: str
    items: int
    auroc: Estimate
    tpr_at_1: Estimate


@dataclass(frozen=True, slots=True)
class WholeVerdicts:
    """Shares of whole files or commits (``kind``) at their thresholds, with equal weight for each repository.

    Shares of old and of modern human ones called ``llm``, and of LLM ones called ``llm`` and ``human``.
    """

    kind: str
    items: int
    old: float | None
    modern: float | None
    found: float | None
    llm_called_human: float | None


@dataclass(frozen=True, slots=True)
class MixedRow:
    """Functions judged in one way in mixed files or commits (named by ``code``), and the shares called ``llm``."""

    code: str
    way: str
    functions: int
    auroc: Estimate
    human_called: float | None
    llm_called: float | None
