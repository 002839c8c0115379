"""The settings of calibration, and which functions it is about: those that the server gives a verdict."""

from collections.abc import Sequence
from dataclasses import field

import numpy as np
from pydantic import Field
from pydantic.dataclasses import dataclass

from codeorigin.model.calibration.calibration import Calibration, NeighbourRule, counted_lines
from codeorigin.model.reference import ReferenceRule
from codeorigin_training.arrays import Booleans
from codeorigin_training.configuration import STRICT, Count, NotNegative, Positive, Share, Whole
from codeorigin_training.data.rows import Row


@dataclass(frozen=True, config=STRICT)
class CalibrateConfig:
    """Rates of the bands, what is long enough for a verdict, and the rules for functions that belong together.

    The band is ``llm`` where at most ``llm_rate`` of human code scores as high, and ``human`` where at most
    ``human_rate`` of LLM code scores as low. Shares of a language are shrunk to those of all languages as if these
    were ``shrinkage`` repositories more. A scale is fitted to at least ``fewest_repositories`` with human code and as
    many with LLM code, and projects with ``agents_work`` LLM functions have shares of their own.

    Functions of fewer than ``min_lines`` or more than ``max_lines`` non-blank lines, or of fewer than
    ``min_characters`` non-blank characters, get no verdict.

    With ``deep`` the bundle is the run's encoder, otherwise its n-gram part.

    The other functions of a file are evidence by ``context_weight``, those of a commit by ``commit_weight``, and the
    file's next to them by ``file_weight_beside_commit``, because a commit has a single author far more often than a
    file; ``context_prior_functions`` more are taken to be undecided.

    ``prior_lines`` lines without evidence are added to every file or commit that is judged as a whole. Files and
    commits of fewer than ``fewest_functions`` functions get no verdict.

    In a project with ``past_fewest_functions`` functions from before LLMs, ``past_weight`` times the distance of the
    ``past_quantile`` of their logits above that of a typical project is subtracted from every logit, as if
    ``past_prior_functions`` more functions were typical. It is at most what it is in ``past_farthest`` of projects.

    ``reference`` says how the functions that a project's records declare as an agent's, and those of its people, count
    in the verdicts on others; None leaves that out. ``processes`` extract their n-grams.

    All were chosen on repository folds (``training/EXPERIMENTS.md``).
    """

    llm_rate: Share = 0.01
    human_rate: Share = 0.03
    shrinkage: NotNegative = 30.0
    fewest_repositories: Count = 20
    agents_work: Count = 10
    min_lines: Whole = 3
    min_characters: Whole = 60
    max_lines: int = 300
    deep: bool = False
    prior_lines: NotNegative = 20.0
    fewest_functions: Count = 4
    context_weight: Positive = 0.8
    context_prior_functions: NotNegative = 1.0
    commit_weight: Positive = 1.2
    file_weight_beside_commit: Positive = 0.4
    past_quantile: float = Field(default=0.9, ge=0, le=1)
    past_weight: Positive = 1.0
    past_prior_functions: NotNegative = 20.0
    past_fewest_functions: Count = 30
    past_farthest: Share = 0.99
    reference: ReferenceRule | None = field(
        default_factory=lambda: ReferenceRule(
            characters=(3, 4),
            width=1 << 15,
            prior_functions=10.0,
            scale=20.0,
            fewest_declared=0,
            fewest_human=30,
        )
    )
    processes: Count = 2

    def __post_init__(self) -> None:
        if self.max_lines < self.min_lines:
            raise ValueError("max_lines must not be below min_lines")

    def neighbours(self, weight: float, neutral: float) -> NeighbourRule:
        """How much other functions count by ``weight``; ``neutral`` is the logit of equally likely classes."""
        return NeighbourRule(weight, self.context_prior_functions, neutral)


def has_verdict(code: str, limits: CalibrateConfig | Calibration) -> bool:
    """Whether the server gives a function with this text a verdict, by its length."""
    enough = len("".join(code.split())) >= limits.min_characters
    return enough and limits.min_lines <= counted_lines(code) <= limits.max_lines


def judged(rows: Sequence[Row], limits: CalibrateConfig | Calibration) -> Booleans:
    """:func:`has_verdict` of every row, bool ``(len(rows),)``."""
    return np.array([has_verdict(row.code, limits) for row in rows], dtype=bool)
