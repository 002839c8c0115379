"""Train the wide part: one regression per view, cross-fitted by repository, then the scales that add them up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pydantic
from joblib import Memory
from scipy.sparse import csr_matrix

from codeorigin.model.ngrams.hashed_views import View, ViewKind
from codeorigin_training.arrays import Floats
from codeorigin_training.configuration import STRICT
from codeorigin_training.data.rows import Row
from codeorigin_training.data.sides import TrainingSide
from codeorigin_training.data.weights import PAIR_WEIGHT
from codeorigin_training.metrics.rankings import Bootstrap, headline, ranking_figures
from codeorigin_training.ngrams.evidence import EvidenceShares
from codeorigin_training.ngrams.features import view_matrices
from codeorigin_training.ngrams.language_bias import (
    cross_fitted_biases,
    fit_language_bias,
    language_biases,
)
from codeorigin_training.ngrams.linear import (
    LinearModel,
    ViewExamples,
    ViewSettings,
    WideModel,
    combine,
    cross_fit,
    fit_scales,
    fit_view,
)

NORM_POWER = 0.5
"""A compromise: 0.4 ranks a little better, 0.7 puts more LLM code above the threshold; both beat 1."""


def default_views() -> tuple[ViewSettings, ...]:
    """Words, identifier shapes, characters and comments, with settings chosen by cross-validation by repository.

    Evidence helps words and characters, which have many n-grams that mostly say nothing; inside one repository,
    shapes and comments are better without it.
    """
    return (
        ViewSettings(View(ViewKind.WORDS, 1, 3, 1 << 21, NORM_POWER), 5.0, EvidenceShares(0.5, 0.3)),
        ViewSettings(View(ViewKind.SHAPES, 1, 3, 1 << 20, NORM_POWER), 10.0),
        ViewSettings(View(ViewKind.CHARACTERS, 2, 5, 1 << 20, NORM_POWER), 5.0, EvidenceShares(1.0, 0.3)),
        ViewSettings(View(ViewKind.COMMENTS, 1, 2, 1 << 18, NORM_POWER), 6.0),
    )


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class WideConfig:
    """Views and how they are trained.

    ``pair_weight`` is the weight of each row of a same-task pair, relative to the mean row. The regressions are
    cross-fitted in ``folds`` folds of repositories; their out-of-fold logits are used for calibration and as the
    offset of the deep part. With ``all_repositories``, the model that ships is also fitted on the held-out
    repositories; the figures are those of a model fitted without them. ``processes`` extract n-grams;
    ``parallel_fits`` regressions are fitted at a time, each on a copy of its rows.
    """

    views: tuple[ViewSettings, ...] = field(default_factory=default_views)
    pair_weight: float = PAIR_WEIGHT
    folds: int = 4
    all_repositories: bool = True
    processes: int = 2
    parallel_fits: int = 1

    def __post_init__(self) -> None:
        if self.pair_weight < 0 or not self.views:
            raise ValueError("pair_weight must not be negative, and there must be a view")
        if self.folds < 2 or self.processes < 1 or self.parallel_fits < 1:
            raise ValueError("folds must be at least 2, processes and parallel_fits at least 1")


@dataclass(frozen=True, slots=True)
class TrainedWide:
    """Result of the stage.

    ``model`` ships. ``twin`` never saw a held-out repository; it is the same object if ``model`` did not either.
    ``out_of_fold`` are logits of the training rows from models that saw no repository of their fold, ``held_out``
    those of the held-out rows from ``twin``.
    """

    model: WideModel
    twin: WideModel
    out_of_fold: Floats
    held_out: Floats


def train_wide(
    side: TrainingSide,
    held_out: Sequence[Row],
    config: WideConfig,
    log: Callable[[str], None],
    metrics: Callable[[dict[str, float], int], None] = lambda figures, step: None,
    memory: Memory | None = None,
    key: str = "",
) -> TrainedWide:
    """Cross-fit the wide part on ``side``; with ``config.all_repositories``, fit it again on ``held_out`` as well.

    The scales of the views are fitted on ``side`` alone. ``metrics`` is called with loss and accuracy on ``side``, in
    training and out of fold: one step for each view, starting at 1, and a last one for their sum. A view that
    ``memory`` has under the same ``key``, a digest of the rows and the settings, is not fitted again.
    """
    fit = (memory or Memory(None)).cache(_fitted, ignore=["matrix", "side", "everything", "config"])
    matrices = view_matrices(
        [*side.rows, *held_out], [settings.view for settings in config.views], processes=config.processes
    )
    log(f"extracted {sum(matrix.nnz for matrix in matrices) / 1e6:.0f} M n-grams")
    everything = side.with_held_out(held_out, pair_weight=config.pair_weight)
    count = len(side.rows)
    logits: list[Floats] = []
    learnt: list[Floats] = []
    twin: list[LinearModel] = []
    final: list[LinearModel] = []
    for number, settings in enumerate(config.views):
        # Free each view's matrix when it is done: together they take most of the memory.
        matrix = matrices.pop(0)
        if fit.check_call_in_cache(key, number, matrix, side, everything, config):
            log(f"{settings.view.kind}: the view is there")
        model, fold_logits, whole = fit(key, number, matrix, side, everything, config)
        twin.append(model)
        logits.append(np.concatenate([fold_logits, model.logits(matrix[count:])]))
        learnt.append(model.logits(matrix[:count]))
        metrics(_curve_point(side, learnt[-1], fold_logits), len(logits))
        log(
            f"{settings.view.kind}: out of fold "
            f"{headline(ranking_figures(side.rows, fold_logits, 'out_of_fold', Bootstrap(rounds=0)))}"
        )
        if whole is not None:
            final.append(whole)
    stacked = np.stack(logits, axis=1)
    scales = fit_scales(stacked[:count], side.labels, side.weights)
    log(f"scales {np.round(scales, 3).tolist()}")
    checked = combine(twin, scales)
    combined = stacked @ scales
    trained = TrainedWide(
        model=combine(final, scales) if final else checked,
        twin=checked,
        out_of_fold=combined[:count],
        held_out=combined[count:],
    )
    trained = with_language_bias(trained, side, held_out, log)
    as_learnt = np.stack(learnt, axis=1) @ scales + language_biases(trained.twin.languages, side.rows)
    metrics(_curve_point(side, as_learnt, trained.out_of_fold), len(logits) + 1)
    return trained


def _fitted(
    key: str,
    number: int,
    matrix: csr_matrix,
    side: TrainingSide,
    everything: TrainingSide,
    config: WideConfig,
) -> tuple[LinearModel, Floats, LinearModel | None]:
    """View ``number`` fitted on ``side``, its out-of-fold logits ``(n,)``, and the view fitted on all repositories."""
    settings, count = config.views[number], len(side.rows)
    paired = np.array([row.pair is not None for row in everything.rows], dtype=bool)
    examples = ViewExamples(matrix[:count], side.labels, side.weights, paired[:count])
    model, fold_logits = cross_fit(
        examples, settings, side.folds, side.fitting, parallel=config.parallel_fits
    )
    del examples
    if not config.all_repositories:
        return model, fold_logits, None
    whole = ViewExamples(matrix, everything.labels, everything.weights, paired)
    return model, fold_logits, fit_view(whole, settings)


def with_language_bias(
    trained: TrainedWide, side: TrainingSide, held_out: Sequence[Row], log: Callable[[str], None]
) -> TrainedWide:
    """``trained`` with a bias for each language, which is also added to its logits.

    ``twin`` gets biases fitted on the training ``side``, and a ``model`` fitted on all rows gets biases fitted on
    all rows; those of out-of-fold logits are fitted on the other folds.
    """
    bias = fit_language_bias(side.rows, trained.out_of_fold)
    model = twin = replace(trained.twin, languages=bias)
    if trained.model is not trained.twin:
        everything = np.concatenate([trained.out_of_fold, trained.held_out])
        on_all = fit_language_bias([*side.rows, *held_out], everything)
        model = replace(trained.model, languages=on_all)
    log("biases " + ", ".join(f"{name} {value:.2f}" for name, value in model.languages.items()))
    return TrainedWide(
        model=model,
        twin=twin,
        out_of_fold=trained.out_of_fold + cross_fitted_biases(side, trained.out_of_fold),
        held_out=trained.held_out + language_biases(bias, held_out),
    )


def _curve_point(side: TrainingSide, learnt: Floats, out_of_fold: Floats) -> dict[str, float]:
    """Weighted log loss and accuracy of two sets of logits ``(n,)``, named as in a training loop."""
    signs = np.where(side.labels == 1, 1.0, -1.0)
    return {
        f"{name}/{figure}": float(np.average(values, weights=side.weights))
        for name, logits in (("train", learnt), ("validation", out_of_fold))
        for figure, values in (
            ("loss", np.logaddexp(0.0, -signs * logits)),
            ("accuracy", signs * logits > 0),
        )
    }
