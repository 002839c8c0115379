"""Rows of the report that are the manifest's: false positives, commits, whole files, and code of both classes."""

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
    """How single repositories of a population fare: the worst tenth's share, and the share of those over 5 %."""

    population: str
    repositories: int
    worst_tenth: float | None
    over_5_percent: float | None


@dataclass(frozen=True, slots=True)
class FalsePositives:
    """False positives of one way to judge a function."""

    way: str
    cells: tuple[AccusedCell, ...]
    repositories: tuple[AccusedRepositories, ...]


@dataclass(frozen=True, slots=True)
class CommitRow:
    """Functions whose commit has so many in the corpus, judged in one way."""

    human: str
    commit: str
    way: str
    functions: int
    auroc: Estimate
    tpr_at_1: Estimate


@dataclass(frozen=True, slots=True)
class CalledRow:
    """Functions of one era's human code, or of LLMs, that are called ``llm`` when judged in one way.

    Their commit, or file (``within``), is of one class of size in the corpus.
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
    """Whole files or commits (``kind``, with their number of functions where it is of one class of size) ranked by the
    bundle's rule for them, against one era's human code."""

    kind: str
    human: str
    items: int
    auroc: Estimate
    tpr_at_1: Estimate


@dataclass(frozen=True, slots=True)
class WholeVerdicts:
    """Shares of whole files or commits (``kind``) at the thresholds for them, repositories weighing alike: of old and
    of modern human ones called ``llm``, and of those of LLMs called ``llm`` and ``human``."""

    kind: str
    items: int
    old: float | None
    modern: float | None
    found: float | None
    llm_called_human: float | None


@dataclass(frozen=True, slots=True)
class MixedRow:
    """Functions judged in one way where both classes stand together (``code`` says where), and the called ones."""

    code: str
    way: str
    functions: int
    auroc: Estimate
    human_called: float | None
    llm_called: float | None
