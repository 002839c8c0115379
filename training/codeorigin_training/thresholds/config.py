"""The settings of calibration, and which functions it is about: those that the server gives a verdict."""

from collections.abc import Sequence
from dataclasses import field

import numpy as np
from pydantic.dataclasses import dataclass

from codeorigin.model.calibration.calibration import Calibration, NeighbourRule, counted_lines
from codeorigin.model.reference import ReferenceRule
from codeorigin_training.arrays import Booleans
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import Row


@dataclass(frozen=True, config=STRICT)
class CalibrateConfig:
    """Rates of the bands, what is long enough for a verdict, and the rules for functions that belong together.

    The band is ``llm`` where at most ``llm_rate`` of human code scores as high, and ``human`` where at most
    ``human_rate`` of LLM code scores as low. Shares of a language are shrunk to those of all languages as if these
    were ``shrinkage`` repositories more. A scale is fitted to at least ``fewest_repositories`` with human code and as
    many with LLM code. Functions of fewer than ``min_lines`` or more than ``max_lines`` non-blank lines, or of fewer
    than ``min_characters`` non-blank characters, get no verdict.

    With ``deep`` the bundle is the run's encoder, otherwise its n-gram part.

    The other functions of a file are evidence by ``context_weight``, those of a commit by ``commit_weight``, and the
    file's next to them by ``file_weight_beside_commit``, because a commit has a single author far more often than a
    file; ``context_prior_functions`` more are taken to be undecided.

    ``prior_lines`` lines without evidence are added to every file or commit that is judged as a whole. Files and
    commits of fewer than ``fewest_functions`` functions get no verdict.

    In a project with ``past_fewest_functions`` functions from before LLMs, ``past_weight`` times the distance of the
    ``past_quantile`` of their logits above that of a typical project is subtracted from every logit, as if
    ``past_prior_functions`` more functions were typical.

    In a project whose records declare agents' functions, ``reference`` says how these count; None leaves that out.
    ``processes`` extract their n-grams.

    All were chosen on repository folds (``training/EXPERIMENTS.md``).
    """

    llm_rate: float = 0.01
    human_rate: float = 0.03
    shrinkage: float = 30.0
    fewest_repositories: int = 20
    min_lines: int = 3
    min_characters: int = 60
    max_lines: int = 300
    deep: bool = False
    prior_lines: float = 20.0
    fewest_functions: int = 4
    context_weight: float = 0.8
    context_prior_functions: float = 1.0
    commit_weight: float = 1.2
    file_weight_beside_commit: float = 0.4
    past_quantile: float = 0.9
    past_weight: float = 1.0
    past_prior_functions: float = 20.0
    past_fewest_functions: int = 30
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
    processes: int = 2

    def __post_init__(self) -> None:
        if not 0 < self.llm_rate < 1 or not 0 < self.human_rate < 1:
            raise ValueError("llm_rate and human_rate must lie between 0 and 1")
        if self.shrinkage < 0 or self.fewest_repositories < 1:
            raise ValueError("shrinkage must not be negative, and fewest_repositories at least 1")
        if not 0 <= self.min_lines <= self.max_lines or self.min_characters < 0:
            raise ValueError(
                "min_lines and min_characters must not be negative, and max_lines not below min_lines"
            )
        if self.prior_lines < 0 or self.fewest_functions < 1:
            raise ValueError("prior_lines must not be negative, and fewest_functions at least 1")
        if not self.context_weight > 0 or not self.context_prior_functions >= 0:
            raise ValueError("context_weight must be positive and context_prior_functions not negative")
        if not self.commit_weight > 0 or not self.file_weight_beside_commit > 0:
            raise ValueError("commit_weight and file_weight_beside_commit must be positive")
        if not 0 <= self.past_quantile <= 1 or not self.past_weight > 0:
            raise ValueError("past_quantile must lie between 0 and 1, and past_weight be positive")
        if self.past_prior_functions < 0 or self.past_fewest_functions < 1:
            raise ValueError(
                "past_prior_functions must not be negative, and past_fewest_functions at least 1"
            )

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
