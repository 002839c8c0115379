"""How freely a regression may weigh each n-gram: by what the n-gram shows on its own.

Scaling a feature by its naive Bayes log-count ratio before a regularised regression (NBSVM: Wang and Manning, ACL 2012)
is a ridge that is strict with n-grams that show nothing by themselves and lenient with those that do. Corpus
and same-task pairs each say for themselves what an n-gram shows: in the corpus it is mostly topic, in pairs it is style.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from codeorigin_training.arrays import Booleans, Floats, Integers

SMOOTHING = 10.0
"""Rows of mean weight that every n-gram is given in both classes: fewer say next to nothing."""


@dataclass(frozen=True, slots=True)
class EvidenceShares:
    """Scale of an n-gram: ``1 - corpus + corpus * its ratio in the corpus + pairs * its ratio in pairs``.

    Ratios are absolute log-count ratios over their root mean square. Both shares 0: an ordinary ridge.
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
    """Scales ``(width,)`` of the columns of ``matrix``; the rows where ``paired`` are those of same-task pairs."""
    present = sparse.csr_matrix(
        (np.ones_like(matrix.data), matrix.indices, matrix.indptr), shape=matrix.shape
    )
    scales = np.full(matrix.shape[1], 1.0 - shares.corpus)
    for share, chosen in ((shares.corpus, ~paired), (shares.pairs, paired)):
        if share and chosen.any():
            scales += share * _ratios(present[chosen], labels[chosen], weights[chosen])
    # Where nothing shows anything there is nothing to be strict with.
    return scales if scales.any() else np.ones_like(scales)


def _ratios(present: sparse.csr_matrix, labels: Integers, weights: Floats) -> Floats:
    """Absolute log ratios of the shares of LLM and of human rows that have an n-gram, over their root mean square."""
    relative = weights / weights.mean()
    human, llm = (
        np.log(SMOOTHING + present.T @ of_class) - np.log(2 * SMOOTHING + of_class.sum())
        for of_class in (relative * (labels == label) for label in (0, 1))
    )
    ratios: Floats = np.abs(llm - human)
    # Columns that no row has would make the others look large.
    seen = present.getnnz(axis=0) > 0
    scale = float(np.sqrt(np.mean(ratios[seen] ** 2))) if seen.any() else 0.0
    return ratios / scale if scale > 0 else np.zeros_like(ratios)
