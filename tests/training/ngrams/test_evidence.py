import numpy as np
import pytest
from scipy import sparse

from codeorigin_training.ngrams.evidence import EvidenceShares, feature_scales

LABELS = np.tile([0, 1], 100)
PAIRED = np.arange(200) >= 100
# Columns: equal in both classes; only in LLM rows outside pairs; only in LLM rows of pairs; in no row.
MATRIX = sparse.csr_matrix(
    np.stack(
        [np.ones(200), LABELS * ~PAIRED, LABELS * PAIRED, np.zeros(200)],
        axis=1,
    )
)


def scales(shares: EvidenceShares, weights: np.ndarray | None = None) -> np.ndarray:
    return feature_scales(MATRIX, LABELS, np.ones(200) if weights is None else weights, PAIRED, shares)


def test_a_column_that_tells_the_classes_apart_is_scaled_up() -> None:
    corpus = scales(EvidenceShares(corpus=0.5))
    assert corpus[1] > 1.0 > corpus[0]
    assert corpus[1] > 2 * corpus[0]
    assert corpus[0] == pytest.approx(corpus[2], rel=0.2)


def test_pair_evidence_favours_columns_that_differ_in_pairs() -> None:
    pairs = scales(EvidenceShares(pairs=0.5))
    assert pairs[2] > pairs[1]
    assert pairs.min() >= 1.0


def test_empty_columns_change_nothing() -> None:
    wider = sparse.hstack([MATRIX, sparse.csr_matrix((200, 50))], format="csr")
    shares = EvidenceShares(corpus=0.5)
    wide = feature_scales(wider, LABELS, np.ones(200), PAIRED, shares)
    assert wide[:4] == pytest.approx(scales(shares))


def test_only_the_ratio_of_the_weights_counts() -> None:
    shares = EvidenceShares(0.4, 0.2)
    assert scales(shares, np.full(200, 30.0)) == pytest.approx(scales(shares))


def test_rows_without_pairs_have_no_pair_evidence() -> None:
    none = np.zeros(200, dtype=bool)
    assert feature_scales(MATRIX, LABELS, np.ones(200), none, EvidenceShares(pairs=1.0)).tolist() == [1.0] * 4


def test_columns_are_scaled_equally_without_any_evidence() -> None:
    alike = sparse.csr_matrix(np.ones((200, 3)))
    for corpus in (0.5, 1.0):
        made = feature_scales(alike, LABELS, np.ones(200), PAIRED, EvidenceShares(corpus, 0.5))
        assert np.ptp(made) == pytest.approx(0.0)
        assert made.min() > 0


@pytest.mark.parametrize(("corpus", "pairs"), [(-0.1, 0.0), (1.1, 0.0), (0.5, -1.0)])
def test_shares_out_of_range_are_refused(corpus: float, pairs: float) -> None:
    with pytest.raises(ValueError, match="evidence"):
        EvidenceShares(corpus, pairs)
