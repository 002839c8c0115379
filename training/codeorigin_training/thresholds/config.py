"""The settings of calibration."""

from pydantic.dataclasses import dataclass

from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin_training.configuration import STRICT
from codeorigin_training.thresholds.pooled import PooledRuleConfig
from codeorigin_training.thresholds.risk_control import PromiseSettings


@dataclass(frozen=True, config=STRICT)
class CalibrateConfig(PromiseSettings):
    """Rates and limits for functions, and the rules for functions in their file and for whole files.

    The promise covers functions by themselves, functions in their file, and files. A guarantee of ``rate`` costs
    1 / (repositories + 1): with 217 repositories of modern human code, 0.015 lets 0.010 of it through, and 0.010
    only 0.005. The promise about accused repositories costs most of the power, but it keeps a single careful project
    from being accused.

    ``deep`` allows the run's deep part into the bundle. With ``deep_must_help`` it is only included if it gains
    ``deep_gain`` AUROC out of fold on both old and modern code and harms neither pairs nor promises. Their logits are
    added. Without ``wide`` the bundle has only the deep part.

    ``context_weight`` 0.8 and ``context_prior_functions`` 1 were chosen on repository folds. A larger weight ranks the
    corpus' files better still, but hurts where a file holds both classes; weighting neighbours by their lines gains
    nothing. The other functions of a commit are weighted by ``commit_weight``, and the file's next to them by
    ``file_weight_beside_commit``, because a commit has a single author far more often than a file. The limits for
    files also apply to commits.
    """

    wide: bool = True
    deep: bool = True
    deep_must_help: bool = True
    deep_gain: float = 0.005
    prior_lines: float = 20.0
    fewest_functions: int = 4
    context_weight: float = 0.8
    context_prior_functions: float = 1.0
    commit_weight: float = 1.2
    file_weight_beside_commit: float = 0.4
    seed: int = 0

    def __post_init__(self) -> None:
        PromiseSettings.__post_init__(self)
        if not self.wide and (self.deep_must_help or not self.deep):
            raise ValueError(
                "without wide there must be a deep part, whatever it helps: set deep_must_help=false"
            )
        if self.deep_gain < 0:
            raise ValueError("deep_gain must not be negative")
        if not self.context_weight > 0 or not self.context_prior_functions >= 0:
            raise ValueError("context_weight must be positive and context_prior_functions not negative")
        if not self.commit_weight > 0 or not self.file_weight_beside_commit > 0:
            raise ValueError("commit_weight and file_weight_beside_commit must be positive")

    def neighbours(self, neutral: float) -> NeighbourRule:
        """How much the other functions of a file count; ``neutral`` is the logit of equally likely classes."""
        return NeighbourRule(self.context_weight, self.context_prior_functions, neutral)

    def commit_neighbours(self, neutral: float) -> NeighbourRule:
        """The same for the other functions of a commit."""
        return NeighbourRule(self.commit_weight, self.context_prior_functions, neutral)

    def file_beside_commit(self, neutral: float) -> NeighbourRule:
        """The same for the other functions of a file when those of the commit count too."""
        return NeighbourRule(self.file_weight_beside_commit, self.context_prior_functions, neutral)

    @property
    def files(self) -> PooledRuleConfig:
        """The settings for whole files and commits."""
        return PooledRuleConfig(
            prior_lines=self.prior_lines,
            fewest_functions=self.fewest_functions,
            rate=self.rate,
            human_rate=self.human_rate,
            tail_share=self.tail_share,
            tail_rate=self.tail_rate,
            tail_fewest=self.tail_fewest,
            fewest_evidence=self.fewest_evidence,
            min_lines=self.min_lines,
            min_characters=self.min_characters,
        )
