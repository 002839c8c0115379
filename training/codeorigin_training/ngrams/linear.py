"""The wide part: one logistic regression per view, added up with learnt scales, cross-fitted by repository.

No regression has an intercept: a text without evidence has logit 0 (undecided), and the contribution of every n-gram
in an explanation is relative to that. Regressions are fitted on rows of norm 1, so that long functions do not count
more than short ones, and score unnormalized rows, where a view's ``norm_power`` gives long functions more weight.

Views are trained separately and then added, because the sum of three transfers better than one regression over
all of them: a view that explains the training repositories well does not keep the others from learning.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pydantic
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import row_norms

from codeorigin.model.ngrams.hashed_views import View
from codeorigin_training.arrays import Booleans, Floats, Floats32, Integers
from codeorigin_training.configuration import STRICT
from codeorigin_training.ngrams.evidence import EvidenceShares, feature_scales

_PASSES = 10


@pydantic.dataclasses.dataclass(frozen=True, config=STRICT)
class ViewSettings:
    """A view, the inverse regularisation strength of its regression, and how its n-grams are scaled (None: not)."""

    view: View
    strength: float
    evidence: EvidenceShares | None = None


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of one view, float64 ``(width,)``."""

    weights: Floats

    def logits(self, matrix: sparse.csr_matrix) -> Floats:
        """Logits ``(n,)`` of the rows of ``matrix``."""
        result: Floats = matrix @ self.weights
        return result


@dataclass(frozen=True, slots=True)
class WideModel:
    """All views in one table, float32 ``(sum of widths,)``: ``logit = bias + sum(table[ids] * values)``.

    ``languages`` has an additional bias for the functions of each language.
    """

    table: Floats32
    bias: float
    languages: Mapping[str, float] = field(default_factory=dict)


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
            self.matrix[chosen],
            self.labels[chosen],
            self.weights[chosen],
            self.paired[chosen],
        )


def fit_linear(
    matrix: sparse.csr_matrix,
    labels: Integers,
    weights: Floats,
    strength: float,
    scales: Floats | None = None,
) -> LinearModel:
    """Weighted logistic regression (liblinear's dual coordinate descent: Yu et al., 2011) on rows of norm 1.

    A few passes are enough: more do not help on unseen repositories, and the primal solver takes ten times as long.

    ``scales`` ``(width,)`` multiply the columns, so that ridge penalises columns with a small scale more; the weights
    returned are for the unscaled columns.
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
    return LinearModel(coefficients if scales is None else coefficients * scales)


def fit_view(examples: ViewExamples, settings: ViewSettings) -> LinearModel:
    """Fit the regression of one view, with n-grams scaled by the evidence in ``examples``."""
    scales = None
    if settings.evidence is not None:
        scales = feature_scales(
            examples.matrix, examples.labels, examples.weights, examples.paired, settings.evidence
        )
    return fit_linear(examples.matrix, examples.labels, examples.weights, settings.strength, scales)


def cross_fit(
    examples: ViewExamples, settings: ViewSettings, folds: Integers, fitting: Booleans, *, parallel: int = 1
) -> tuple[LinearModel, Floats]:
    """Fit the regression of one view on all ``examples``, and compute out-of-fold logits ``(n,)``.

    The logit of a row of fold ``f`` in ``folds`` ``(n,)`` comes from a model that saw the rows ``fitting[f]`` alone
    (:func:`~codeorigin_training.data.near_duplicates.fitting_rows`). ``parallel`` regressions are fitted at a
    time, each in a process with a copy of its rows: threads would share liblinear's random number generator, and
    results would not be reproducible.
    """
    places = [np.flatnonzero(folds == fold) for fold in range(len(fitting))]
    tasks = (
        delayed(_fit_fold)(examples, settings, fit, inside)
        for fit, inside in zip(fitting, places, strict=True)
        if len(inside)
    )
    whole = delayed(fit_view)(examples, settings)
    model, *left_out = Parallel(n_jobs=parallel)([whole, *tasks])
    logits = np.zeros(len(examples.labels))
    logits[np.concatenate(places)] = np.concatenate(left_out)
    return model, logits


def _fit_fold(examples: ViewExamples, settings: ViewSettings, fit: Booleans, inside: Integers) -> Floats:
    """Logits of the rows ``inside`` by the regression fitted on the rows to ``fit``."""
    return fit_view(examples.only(fit), settings).logits(examples.matrix[inside])


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


def combine(models: Sequence[LinearModel], scales: Floats) -> WideModel:
    """Fold the scales ``(views,)`` into the views' weights: one table, with bias 0, as no regression has one."""
    table = np.concatenate([model.weights * scale for model, scale in zip(models, scales, strict=True)])
    return WideModel(table.astype(np.float32), 0.0)
