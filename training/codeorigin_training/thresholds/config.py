"""The settings of calibration."""

from pydantic.dataclasses import dataclass

from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin_training.configuration import STRICT


@dataclass(frozen=True, config=STRICT)
class CalibrateConfig:
    """Rates of the bands, what is long enough for a verdict, and the rules for functions that belong together.

    The band is ``llm`` where at most ``llm_rate`` of human code scores as high, and ``human`` where at most
    ``human_rate`` of LLM code scores as low. Shares of a language are shrunk to those of all languages as if these
    were ``shrinkage`` repositories more. A scale is fitted to at least ``fewest_repositories`` with human code and as
    many with LLM code. Functions of fewer than ``min_lines`` or more than ``max_lines`` non-blank lines, or of fewer
    than ``min_characters`` non-blank characters, get no verdict.

    With ``deep`` the bundle is the run's encoder, otherwise its n-gram part.

    ``context_weight`` 0.8 and ``context_prior_functions`` 1 were chosen on repository folds. A larger weight ranks the
    corpus' files better still, but hurts where a file holds both classes; weighting neighbours by their lines gains
    nothing. The other functions of a commit are weighted by ``commit_weight``, and the file's next to them by
    ``file_weight_beside_commit``, because a commit has a single author far more often than a file.

    ``prior_lines`` lines without evidence are added to every file or commit that is judged as a whole. On repository
    folds, 20 ranked best, as did weighting functions by lines rather than equally. More complex rules (quantiles,
    spread, number of functions, gradient boosting over all of them) ranked little better or called more human files
    elsewhere ``llm``. Files and commits of fewer than ``fewest_functions`` functions get no verdict.

    In a project with ``past_fewest_functions`` functions from before LLMs, ``past_weight`` times the distance of the
    ``past_quantile`` of their logits above that of a typical project is subtracted from every logit, as if
    ``past_prior_functions`` more functions were typical. It is one number a project. In projects with both classes it
    ranked as well as mean and spread of the old logits, or as 19 figures of shape relative to the old code. A model of
    the project's words ranked .01 better, but half of that is the years between old and new code. Projects with a past
    have scales of their own. With those, weights of .75 to 1.4 and quantiles of .8 to .95 differed little; by weight 1
    the project with most of its code of 2021-22 called ``llm`` by text had 13 % called instead of 29 %. A past that also
    raised scores found no more.
    """

    llm_rate: float = 0.01
    human_rate: float = 0.05
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
