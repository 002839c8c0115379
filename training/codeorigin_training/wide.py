"""The n-gram part, and its command ``wide``: from hashed counts to one weight for each n-gram.

Four views of a function (words, shapes of identifiers, characters, comments) have a logistic regression each; their
logits are added with learnt scales. The views are trained separately, because the sum transfers better than one
regression over all: a view that explains the training repositories well does not keep the others from learning.

No regression has an intercept: a text without evidence has logit 0 (undecided), and the contribution of every n-gram
in an explanation is relative to that. Regressions are fitted on rows of norm 1, so that long functions do not count
more than short ones, and score unnormalized rows, where a view's ``norm_power`` gives long functions more weight.

From top to bottom: the settings; one regression; cross-fitting, so that calibration reads no logit of a model that has
seen the row's project or a copy of the row; the sum of the views; a bias for each language; the command.
"""

import json
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial

import numpy as np
import pydantic
from scipy import sparse
from scipy.special import expit
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import row_norms

from codeorigin.model.folder import sha256_of
from codeorigin.model.ngrams.hashed_views import View, ViewKind
from codeorigin_training.arrays import Booleans, Floats, Floats32, Integers
from codeorigin_training.configuration import STRICT, Count, NotNegative, Several
from codeorigin_training.data.rows import PUBLISHED, Row, corpus_hash, paired_of, read_published
from codeorigin_training.data.sides import TrainingSide, read_sides
from codeorigin_training.data.weights import PAIR_WEIGHT
from codeorigin_training.language_bias import cross_fitted_biases, fit_language_bias, language_biases
from codeorigin_training.matrices import view_matrices
from codeorigin_training.metrics.classification import keep_test_set
from codeorigin_training.metrics.rankings import Bootstrap, headline, ranking_figures, tracked_numbers
from codeorigin_training.run import Run, atomic_path
from codeorigin_training.tracking import tracked

NORM_POWER = 0.5
"""A compromise: 0.4 ranks a little better, 0.7 puts more LLM code above the threshold; both beat 1."""

_PASSES = 10
_SMOOTHING = 10.0
"""Rows of mean weight added to each class for every n-gram, as fewer say next to nothing."""


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class EvidenceShares:
    """Scale of an n-gram: ``1 - corpus + corpus * its ratio in the corpus + pairs * its ratio in pairs``.

    Ratios are absolute log-count ratios divided by their root mean square. With both shares 0, it is plain ridge.
    """

    corpus: float = pydantic.Field(default=0.0, ge=0, le=1)
    pairs: NotNegative = 0.0


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class ViewSettings:
    """A view, the inverse regularisation strength of its regression, and how its n-grams are scaled (None: not)."""

    view: View
    strength: float
    evidence: EvidenceShares | None = None


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
    cross-fitted in ``folds`` folds of repositories; their out-of-fold logits are used for calibration. With
    ``all_repositories``, the model that ships is also fitted on the held-out repositories; the figures are those of a
    model fitted without them. ``processes`` extract n-grams.
    """

    views: tuple[ViewSettings, ...] = pydantic.Field(default_factory=default_views, min_length=1)
    pair_weight: NotNegative = PAIR_WEIGHT
    folds: Several = 4
    all_repositories: bool = True
    processes: Count = 2


@dataclass(frozen=True, slots=True)
class WideModel:
    """All views in one table, float32 ``(sum of widths,)``, and a bias for each language."""

    table: Floats32
    languages: Mapping[str, float] = field(default_factory=dict)

    def logits(self, matrix: sparse.csr_matrix, rows: Sequence[Row]) -> Floats:
        """Logits ``(n,)`` of ``rows`` with the n-grams ``matrix`` ``(n, sum of widths)``."""
        summed: Floats = (matrix @ self.table).astype(np.float64)
        return summed + language_biases(self.languages, rows)


@dataclass(frozen=True, slots=True)
class ViewExamples:
    """Training data of a view: ``n`` rows of its matrix ``(n, width)``, with labels and weights ``(n,)``.

    ``paired`` marks the rows of same-task pairs.
    """

    matrix: sparse.csr_matrix
    labels: Integers
    weights: Floats
    paired: Booleans

    def only(self, chosen: Booleans) -> "ViewExamples":
        """The rows where ``chosen``, bool ``(n,)``, is true."""
        return ViewExamples(
            self.matrix[chosen], self.labels[chosen], self.weights[chosen], self.paired[chosen]
        )


def fit_view(examples: ViewExamples, settings: ViewSettings) -> Floats:
    """The weights ``(width,)`` of one view, with n-grams scaled by the evidence in ``examples``."""
    scales = None if settings.evidence is None else evidence_scales(examples, settings.evidence)
    return fit_linear(examples.matrix, examples.labels, examples.weights, settings.strength, scales)


def fit_linear(
    matrix: sparse.csr_matrix,
    labels: Integers,
    weights: Floats,
    strength: float,
    scales: Floats | None = None,
) -> Floats:
    """Weighted logistic regression (liblinear's dual coordinate descent: Yu et al., 2011) on rows of norm 1.

    A few passes are enough: more do not help on unseen repositories, and the primal solver takes ten times as long.

    ``scales`` ``(width,)`` multiply the columns, so that ridge penalises columns with a small scale more; the weights
    returned, ``(width,)``, are for the unscaled columns.
    """
    rows = normalize(matrix)
    if scales is not None:
        rows.data *= scales.astype(rows.dtype)[rows.indices]
        # Restore a mean norm of 1, so that a strength means the same with and without scales.
        mean_norm = float(row_norms(rows).mean())
        rows.data /= mean_norm
        scales = scales / mean_norm
    regression = LogisticRegression(
        C=strength,
        solver="liblinear",
        dual=True,
        max_iter=_PASSES,
        tol=1e-2,
        fit_intercept=False,
        random_state=0,
    )
    with warnings.catch_warnings():
        # Stopping after a few passes is intended.
        warnings.simplefilter("ignore", ConvergenceWarning)
        regression.fit(rows, labels, sample_weight=weights)
    coefficients: Floats = regression.coef_[0].astype(np.float64)
    return coefficients if scales is None else coefficients * scales


def evidence_scales(examples: ViewExamples, shares: EvidenceShares) -> Floats:
    """Scales ``(width,)`` of the columns by the evidence that each n-gram gives on its own.

    Scaling a feature by its naive Bayes log-count ratio before a regularised regression (NBSVM: Wang and Manning, ACL
    2012) amounts to a ridge penalty that is strong on uninformative n-grams and weak on informative ones. The ratios
    of the corpus and of pairs are separate: in the corpus they mostly reflect topic, in pairs style.
    """
    scales = np.full(examples.matrix.shape[1], 1.0 - shares.corpus)
    for share, chosen in ((shares.corpus, ~examples.paired), (shares.pairs, examples.paired)):
        if share and chosen.any():
            scales += share * _ratios(examples.only(chosen))
    # Without any evidence, there is nothing to scale by.
    return scales if scales.any() else np.ones_like(scales)


def _ratios(examples: ViewExamples) -> Floats:
    """Absolute log ratios of the shares of LLM and human rows with an n-gram, divided by their root mean square."""
    present = examples.matrix.copy()
    present.data = np.ones_like(present.data)
    relative = examples.weights / examples.weights.mean()
    human, llm = (
        np.log(_SMOOTHING + present.T @ of_class) - np.log(2 * _SMOOTHING + of_class.sum())
        for of_class in (relative * (examples.labels == label) for label in (0, 1))
    )
    ratios: Floats = np.abs(llm - human)
    # Empty columns would make the others look large.
    seen = present.getnnz(axis=0) > 0
    scale = float(np.sqrt(np.mean(ratios[seen] ** 2))) if seen.any() else 0.0
    return ratios / scale if scale > 0 else np.zeros_like(ratios)


def cross_fit(examples: ViewExamples, settings: ViewSettings, folds: Integers, fitting: Booleans) -> Floats:
    """Out-of-fold logits ``(n,)`` of one view: those of fold ``f`` from a model fitted on the rows ``fitting[f]``."""
    logits = np.zeros(len(examples.labels))
    for fold, fit in enumerate(fitting):
        inside = folds == fold
        logits[inside] = examples.matrix[inside] @ fit_view(examples.only(fit), settings)
    return logits


def fit_scales(view_logits: Floats, labels: Integers, weights: Floats) -> Floats:
    """Scales ``(views,)`` that turn out-of-fold view logits ``(n, views)`` into one logit.

    The scales are fitted on standardised logits with strong ridge, so that all views contribute. Without it,
    the regression gives nearly all weight to whichever view fits these repositories best.
    """
    deviation = view_logits.std(axis=0)
    regression = LogisticRegression(C=1e-3, max_iter=200, fit_intercept=False)
    regression.fit(view_logits / deviation, labels, sample_weight=weights)
    scales: Floats = regression.coef_[0] / deviation
    return scales


@dataclass(frozen=True, slots=True)
class TrainedWide:
    """Result of the stage.

    ``model`` ships. ``twin`` never saw a held-out repository; it is the same object if ``model`` did not either.
    ``out_of_fold`` are logits of the training rows from models that saw no repository of their fold and no copy of
    their rows, ``held_out`` and ``published`` those of the held-out rows and of published answers from ``twin``.
    """

    model: WideModel
    twin: WideModel
    out_of_fold: Floats
    held_out: Floats
    published: Floats


def train_wide(
    side: TrainingSide,
    held_out: Sequence[Row],
    config: WideConfig,
    run: Run,
    data: str,
    published: Sequence[Row] = (),
) -> TrainedWide:
    """Cross-fit the wide part on ``side``; with ``config.all_repositories``, fit it again on ``held_out`` as well.

    The scales of the views are fitted on ``side`` alone, and nothing on ``published`` answers. A view of
    the same rows, whose digest is ``data``, and the same settings is taken from the cache.
    """
    rows = [*side.rows, *held_out]
    views = [settings.view for settings in config.views]
    matrices = view_matrices([*rows, *published], views, processes=config.processes)
    run.log(f"extracted {sum(matrix.nnz for matrix in matrices) / 1e6:.0f} M n-grams")
    everything = side.with_held_out(held_out, pair_weight=config.pair_weight)
    count, known = len(side.rows), len(rows)
    fitted: list[tuple[Floats, Floats, Floats]] = []
    stacked = np.zeros((known + len(published), len(views)))
    for column, settings in enumerate(config.views):
        # Free each view's matrix when it is done: together they take most of the memory.
        matrix = matrices.pop(0)
        shared = [data, config.folds, config.pair_weight, config.all_repositories]
        model, twin, out_of_fold = run.cached(
            f"wide, {settings.view.kind}",
            [*shared, asdict(settings)],
            partial(_fit_everywhere, matrix, settings, side, everything, config),
        )
        fitted.append((model, twin, out_of_fold))
        stacked[:, column] = np.concatenate([out_of_fold, matrix[count:] @ twin])
        figures = ranking_figures(side.rows, out_of_fold, "out_of_fold", Bootstrap(rounds=0))
        run.log(f"{settings.view.kind}: out of fold {headline(figures)}")
    scales = fit_scales(stacked[:count], side.labels, side.weights)
    run.log(f"scales {np.round(scales, 3).tolist()}")
    # The scales are folded into the views' weights: one table.
    table, of_twin = (
        np.concatenate([of_view[which] * scale for of_view, scale in zip(fitted, scales, strict=True)])
        for which in (0, 1)
    )
    logits = stacked @ scales
    bias = fit_language_bias(side.rows, logits[:count])
    on_all = fit_language_bias(rows, logits[:known]) if config.all_repositories else bias
    run.log("biases " + ", ".join(f"{name} {value:.2f}" for name, value in on_all.items()))
    return TrainedWide(
        model=WideModel(table.astype(np.float32), on_all),
        twin=WideModel(of_twin.astype(np.float32), bias),
        out_of_fold=logits[:count] + cross_fitted_biases(side, logits[:count]),
        held_out=logits[count:known] + language_biases(bias, held_out),
        published=logits[known:] + language_biases(bias, published),
    )


def _fit_everywhere(
    matrix: sparse.csr_matrix,
    settings: ViewSettings,
    side: TrainingSide,
    everything: TrainingSide,
    config: WideConfig,
) -> tuple[Floats, Floats, Floats]:
    """A view's weights ``(width,)`` that ship and those of the twin, and its out-of-fold logits.

    ``matrix`` begins with the rows of ``everything``, and these with those of ``side``.
    """
    count, known, paired = len(side.rows), len(everything.rows), paired_of(everything.rows)
    examples = ViewExamples(matrix[:count], side.labels, side.weights, paired[:count])
    twin = fit_view(examples, settings)
    out_of_fold = cross_fit(examples, settings, side.folds, side.fitting)
    if not config.all_repositories:
        return twin, twin, out_of_fold
    # The rows of one side take gigabytes, which are not needed twice.
    del examples
    on_all = ViewExamples(matrix[:known], everything.labels, everything.weights, paired)
    return fit_view(on_all, settings), twin, out_of_fold


def wide(config: WideConfig, run: Run) -> None:
    """Write ``run.wide``: the weights and logits of :class:`TrainedWide`, and the biases by language as JSON.

    Raises:
        CodeOriginError: the run has no corpus, or it cannot be read.
    """
    data = corpus_hash(run.needs(run.corpus, "corpus"))
    settings = asdict(replace(config, processes=1))
    answers = run.corpus / PUBLISHED
    inputs = [data, settings, sha256_of(answers) if answers.is_file() else ""]
    run.cached("wide", inputs, lambda: _write(config, run, data), [run.wide])


def _write(config: WideConfig, run: Run, data: str) -> None:
    with tracked(run, "wide", config, data=data) as tracker:
        side, held_out = read_sides(run.corpus, pair_weight=config.pair_weight, folds=config.folds)
        published = read_published(run.corpus)
        run.log(f"{len(side.rows)} rows of {len({row.repo for row in side.rows})} repositories")
        trained = train_wide(side, held_out, config, run, data, published)
        figures = ranking_figures(side.rows, trained.out_of_fold, "out_of_fold", Bootstrap(rounds=0))
        run.log(f"out of fold: {headline(figures)}")
        tracker.metrics(tracked_numbers(figures), 0)
        keep_test_set(tracker, held_out, expit(trained.held_out))
        languages = {"table": trained.model.languages, "twin": trained.twin.languages}
        with atomic_path(run.wide) as partial:
            np.savez(
                partial,
                table=trained.model.table,
                twin=trained.twin.table,
                languages=np.array(json.dumps(languages)),
                all_repositories=np.array(config.all_repositories),
                out_of_fold=trained.out_of_fold,
                held_out=trained.held_out,
                published=trained.published,
            )
        tracker.artifact(run.wide)
