"""Scale n-grams by the evidence each one gives on its own, so that regularisation penalises weak ones more.

Scaling a feature by its naive Bayes log-count ratio before a regularised regression (NBSVM: Wang and Manning, ACL 2012)
amounts to a ridge penalty that is strong on uninformative n-grams and weak on informative ones. The ratios of the
corpus and of same-task pairs are computed separately: in the corpus they mostly reflect topic, in pairs style.
"""

import numpy as np
from pydantic.dataclasses import dataclass
from scipy import sparse

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.configuration import STRICT

SMOOTHING = 10.0
"""Additive smoothing: rows of mean weight added to each class for every n-gram, as fewer say next to nothing."""


@dataclass(frozen=True, config=STRICT)
class EvidenceShares:
    """Scale of an n-gram: ``1 - corpus + corpus * its ratio in the corpus + pairs * its ratio in pairs``.

    Ratios are absolute log-count ratios divided by their root mean square. With both shares 0, it is plain ridge.
    """

    corpus: float = 0.0
    pairs: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.corpus <= 1 or self.pairs < 0:
            raise ValueError("corpus evidence must lie in [0, 1], pair evidence must not be negative")


def feature_scales(
    matrix: sparse.csr_matrix,
    labels: Integers,
    weights: Floats,
    paired: Booleans,
    shares: EvidenceShares,
) -> Floats:
    """Scales ``(width,)`` of the columns of ``matrix``; ``paired`` marks the rows of same-task pairs."""
    present = sparse.csr_matrix(
        (np.ones_like(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    scales = np.full(matrix.shape[1], 1.0 - shares.corpus)
    for share, chosen in ((shares.corpus, ~paired), (shares.pairs, paired)):
        if share and chosen.any():
            scales += share * _ratios(present[chosen], labels[chosen], weights[chosen])
    # Without any evidence, there is nothing to scale by.
    return scales if scales.any() else np.ones_like(scales)


def _ratios(present: sparse.csr_matrix, labels: Integers, weights: Floats) -> Floats:
    """Absolute log ratios of the shares of LLM and human rows with an n-gram, divided by their root mean square."""
    relative = weights / weights.mean()
    human, llm = (
        np.log(SMOOTHING + present.T @ of_class) - np.log(2 * SMOOTHING + of_class.sum())
        for of_class in (relative * (labels == label) for label in (0, 1))
    )
    ratios: Floats = np.abs(llm - human)
    # Empty columns would make the others look large.
    seen = present.getnnz(axis=0) > 0
    scale = float(np.sqrt(np.mean(ratios[seen] ** 2))) if seen.any() else 0.0
    return ratios / scale if scale > 0 else np.zeros_like(ratios)
