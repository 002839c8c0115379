"""Trains the wide part: a regression a view, cross-fitted by repository, then the scales that add them up."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from codeorigin.model.views import View, ViewKind
from codeorigin_training.corpus.sides import TrainingSide
from codeorigin_training.corpus.weights import PAIR_WEIGHT
from codeorigin_training.evaluate.held_out import detector_metrics, headline
from codeorigin_training.wide.evidence import EvidenceShares, Floats
from codeorigin_training.wide.features import view_matrices
from codeorigin_training.wide.linear import (
    Examples,
    ViewSettings,
    WideModel,
    combine,
    cross_fit,
    fit_scales,
)

NORM_POWER = 0.5
"""Between 0.4, which ranks a little better, and 0.7, which puts more LLM code above the threshold; both beat 1."""


def default_views() -> tuple[ViewSettings, ...]:
    """Words, identifier shapes, characters and comments, as cross-validation by repository wants them.

    Evidence helps words and characters, whose n-grams are many and mostly say nothing; shapes and comments are better
    without it inside one repository.
    """
    return (
        ViewSettings(View(ViewKind.WORDS, 1, 3, 1 << 21, NORM_POWER), 5.0, EvidenceShares(0.5, 0.3)),
        ViewSettings(View(ViewKind.SHAPES, 1, 3, 1 << 20, NORM_POWER), 10.0),
        ViewSettings(View(ViewKind.CHARACTERS, 2, 5, 1 << 20, NORM_POWER), 5.0, EvidenceShares(1.0, 0.3)),
        ViewSettings(View(ViewKind.COMMENTS, 1, 2, 1 << 18, NORM_POWER), 6.0),
    )


@dataclass(frozen=True, slots=True)
class WideConfig:
    """Views and how they are trained.

    ``pair_weight`` is the weight of each row of a same-task pair, in units of the mean row. ``folds`` folds of
    repositories cross-fit the regressions; their out-of-fold logits calibrate, and are the deep part's offset.
    ``processes`` extract n-grams, and as many regressions are fitted at a time.
    """

    views: tuple[ViewSettings, ...] = field(default_factory=default_views)
    pair_weight: float = PAIR_WEIGHT
    folds: int = 4
    processes: int = 2

    def __post_init__(self) -> None:
        if self.pair_weight < 0 or not self.views:
            raise ValueError("pair_weight must not be negative, and there must be a view")
        if self.folds < 2 or self.processes < 1:
            raise ValueError("folds must be at least 2, processes at least 1")


def train_wide(
    side: TrainingSide, config: WideConfig, log: Callable[[str], None]
) -> tuple[WideModel, npt.NDArray[np.float64]]:
    """The wide part on all of ``side``, and its out-of-fold logits ``(n,)``, bias included."""
    matrices = view_matrices(
        side.rows, [settings.view for settings in config.views], processes=config.processes
    )
    log(f"extracted {sum(matrix.nnz for matrix in matrices) / 1e6:.0f} M n-grams")
    paired = np.array([row.pair is not None for row in side.rows])
    out_of_fold: list[Floats] = []
    models = []
    for settings, matrix in zip(config.views, matrices, strict=True):
        examples = Examples(matrix, side.labels, side.weights, side.folds, paired)
        model, fold_logits = cross_fit(examples, settings, threads=config.processes)
        out_of_fold.append(fold_logits)
        models.append(model)
        log(f"{settings.view.kind}: out of fold {headline(detector_metrics(side.rows, fold_logits))}")
    stacked = np.stack(out_of_fold, axis=1)
    scales = fit_scales(stacked, side.labels, side.weights)
    log(f"scales {np.round(scales, 3).tolist()}")
    return combine(models, scales), stacked @ scales
