"""What a bundle is built with: one validated dataclass, defaults as shipped."""

from dataclasses import dataclass, field
from enum import StrEnum

from codeorigin.model.ngrams import View, ViewKind
from codeorigin_training.finetune.residual import FinetuneConfig
from codeorigin_training.wide.linear import ViewSettings


class DeepPart(StrEnum):
    """Whether a bundle gets a deep part: never, if it helps out of fold, or in any case."""

    OFF = "off"
    IF_BETTER = "if_better"
    ALWAYS = "always"


def default_views() -> tuple[ViewSettings, ...]:
    """Words, identifier shapes and characters, as strong as cross-validation by repository wants them."""
    return (
        ViewSettings(View(ViewKind.WORDS, 1, 2, 1 << 20), strength=12.0),
        ViewSettings(View(ViewKind.SHAPES, 1, 3, 1 << 20), strength=10.0),
        ViewSettings(View(ViewKind.CHARACTERS, 2, 5, 1 << 20), strength=12.0),
    )


@dataclass(frozen=True, slots=True)
class BuildConfig:
    """Sizes and strengths of a build.

    ``pair_weight`` is the weight of each row of a same-task pair, in units of the mean row. ``folds`` folds of
    repositories cross-fit the wide part, whose out-of-fold logits are the deep part's offset and calibrate the
    whole; the deep part, which is dearer, is cross-fitted on ``deep_folds`` unions of them. ``rate`` is
    the false-positive rate that the thresholds guarantee; ``human_rate`` the share of LLM code that band
    ``human`` may hold.
    """

    version: str = "0.1.0"
    name: str = "codeorigin-small"
    views: tuple[ViewSettings, ...] = field(default_factory=default_views)
    pair_weight: float = 12.0
    folds: int = 4
    deep_folds: int = 2
    vocab_size: int = 8192
    tokenizer_sample: int = 60_000
    deep: DeepPart = DeepPart.IF_BETTER
    dim: int = 128
    layers: int = 1
    heads: int = 2
    feedforward: int = 256
    context: int = 512
    overlap: int = 128
    ngram_buckets: int = 1 << 15
    ngram_dim: int = 48
    finetune: FinetuneConfig = field(default_factory=FinetuneConfig)
    rate: float = 0.01
    human_rate: float = 0.05
    fewest_language_repositories: int = 120
    min_lines: int = 3
    min_characters: int = 60
    processes: int = 2
    baselines: bool = True
    seed: int = 0

    def __post_init__(self) -> None:
        if not 2 <= self.deep_folds <= self.folds:
            raise ValueError(
                "deep_folds must be at least 2 (calibration needs logits out of sample), folds no fewer"
            )
        if not 0 < self.rate < 1 or not 0 < self.human_rate < 1:
            raise ValueError("rate and human_rate must lie between 0 and 1")
        if not 0 <= self.overlap < self.context:
            raise ValueError("overlap must be at least 0 and less than context")
        if self.pair_weight < 0 or not self.views:
            raise ValueError("pair_weight must not be negative, and there must be a view")
