"""The same kind of detector on source, on source with structure as text, and on structure with separate tokens."""

import re
from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from codeorigin.languages.parsing import ParseBudgetError
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import balanced_weights
from codeorigin_training.ngrams.linear import fit_linear
from codeorigin_training.studies.representations.control_flow import control_flow
from codeorigin_training.studies.representations.trees import tree_tokens

SOURCE, TEXT, TOKENS, STRUCTURE = "A", "B", "C", "D"
DETECTORS = {
    SOURCE: "A: source",
    TEXT: "B: source, structure as text behind it",
    TOKENS: "C: source, structure with tokens of its own",
    STRUCTURE: "D: structure alone",
}

_WIDTH = 1 << 20
_WORD = re.compile(r"\w+|[^\w\s]|\n\t*")
_NORM_POWER = 0.5


def representation_matrices(rows: Sequence[Row]) -> dict[str, sparse.csr_matrix]:
    """n-grams of ``rows`` for each of :data:`DETECTORS`, ``(len(rows), width)``, as square roots of counts.

    ``B`` counts word unigrams and bigrams, whether they are from the source or from the name of a node type; ``C``
    counts n-grams of structure (orders one to three) separately from those of the source. A function whose structure
    takes too long to compute has none.
    """
    sources, structures = [], []
    for row in rows:
        sources.append(_WORD.findall(normalize(row.code, row.language).text))
        structures.append(_structure(row))
    together = [
        [*words, *_WORD.findall(" ".join(structure))]
        for words, structure in zip(sources, structures, strict=True)
    ]
    source, structure = _counts(sources, 2), _counts(structures, 3)
    return {
        SOURCE: source,
        TEXT: _counts(together, 2),
        TOKENS: sparse.csr_matrix(sparse.hstack([source, structure])),
        STRUCTURE: structure,
    }


def detector_logits(
    train: sparse.csr_matrix, rows: Sequence[Row], test: sparse.csr_matrix, strength: float
) -> Floats:
    """Logits ``(test.shape[0],)`` of a regression on ``train`` ``(len(rows), width)`` with balanced classes."""
    labels = np.array([row.label for row in rows], dtype=np.int64)
    return fit_linear(train, labels, balanced_weights(rows), strength).logits(test)


def _structure(row: Row) -> list[str]:
    try:
        flow = control_flow(row.code, row.language)
        return [*tree_tokens(row.code, row.language), *(() if flow is None else flow.tokens)]
    except ParseBudgetError:
        return []


def _counts(tokens: Sequence[Sequence[str]], orders: int) -> sparse.csr_matrix:
    def ngrams(found: Sequence[str]) -> list[str]:
        return [
            " ".join(found[place : place + order])
            for order in range(1, orders + 1)
            for place in range(len(found) - order + 1)
        ]

    counts = HashingVectorizer(
        n_features=_WIDTH, analyzer=ngrams, alternate_sign=False, norm=None, dtype=np.float32
    ).transform(tokens)
    counts.data **= _NORM_POWER
    return sparse.csr_matrix(counts)
