"""The wide part: one logistic regression a view, their logits added with learnt scales, cross-fitted by repository.

No regression has an intercept: a text without evidence has logit 0, undecided, and the share of every n-gram in an
explanation counts from there. Regressions learn from rows of norm 1, so that long functions do not teach more than
short ones, and score rows as they are, where a view's ``norm_power`` lets long functions speak more loudly.

Views are trained apart and then added, because the sum of three transfers better than one regression over
all: a view that explains the training repositories well does not keep the others from learning.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from codeorigin.model.ngrams import View

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ViewSettings:
    """A view and the inverse regularisation strength of its regression."""

    view: View
    strength: float


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
    """All views in one table, float32 ``(sum of widths,)``: ``logit = bias + sum(table[ids] * values)``."""

    table: npt.NDArray[np.float32]
    bias: float


def fit_linear(
    matrix: sparse.csr_matrix, labels: npt.NDArray[np.int64], weights: Floats, strength: float
) -> LinearModel:
    """Weighted logistic regression (liblinear, as in the bag-of-words literature) on rows of norm 1."""
    regression = LogisticRegression(
        C=strength, solver="liblinear", max_iter=60, tol=1e-3, fit_intercept=False
    )
    regression.fit(normalize(matrix), labels, sample_weight=weights)
    return LinearModel(regression.coef_[0].astype(np.float64))


def cross_fit(
    matrix: sparse.csr_matrix,
    labels: npt.NDArray[np.int64],
    weights: Floats,
    folds: npt.NDArray[np.int64],
    strength: float,
) -> Floats:
    """Out-of-fold logits ``(n,)``: every row by a model that saw no repository of its fold."""
    logits = np.zeros(len(labels))
    for fold in np.unique(folds):
        inside = folds == fold
        model = fit_linear(matrix[~inside], labels[~inside], weights[~inside], strength)
        logits[inside] = model.logits(matrix[inside])
    return logits


def fit_scales(view_logits: Floats, labels: npt.NDArray[np.int64], weights: Floats) -> Floats:
    """Scales ``(views,)`` that turn out-of-fold view logits ``(n, views)`` into one logit.

    The scales are fitted on standardised logits with ridge so strong that views share the work: without it,
    the regression gives nearly all weight to whichever view fits these repositories best.
    """
    deviation = view_logits.std(axis=0)
    regression = LogisticRegression(C=1e-3, max_iter=200, fit_intercept=False)
    regression.fit(view_logits / deviation, labels, sample_weight=weights)
    scales: Floats = regression.coef_[0] / deviation
    return scales


def combine(models: Sequence[LinearModel], scales: Floats) -> WideModel:
    """Fold the scales into the views' weights: one table; the bias is 0, as no regression has an intercept."""
    table = np.concatenate([model.weights * scale for model, scale in zip(models, scales, strict=True)])
    return WideModel(table.astype(np.float32), 0.0)
