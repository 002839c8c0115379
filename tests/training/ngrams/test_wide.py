import random

import numpy as np
import pytest
from scipy import sparse

from codeorigin.model.ngrams.hashed_views import NgramViews, View, ViewKind
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.data.rows import Row
from codeorigin_training.ngrams.evidence import EvidenceShares
from codeorigin_training.ngrams.features import view_matrices
from codeorigin_training.ngrams.linear import (
    LinearModel,
    ViewExamples,
    ViewSettings,
    combine,
    cross_fit,
    fit_linear,
    fit_scales,
    fit_view,
)
from support.corpus_maker import human_function

VIEWS = [View(ViewKind.WORDS, 1, 2, 512), View(ViewKind.CHARACTERS, 2, 3, 256)]


def rows(count: int) -> list[Row]:
    generator = random.Random(0)
    codes = [human_function(generator, f"f{number}") for number in range(count)]
    return [Row(code, "python", 0, "a/a", "", False, False, 5) for code in codes]


@pytest.mark.parametrize("processes", [1, 2])
def test_matrix_rows_match_the_servers_features(processes: int) -> None:
    corpus = rows(7)
    matrices = view_matrices(corpus, VIEWS, processes=processes)
    for number, row in enumerate(corpus):
        features = NgramViews(VIEWS).extract(normalize(row.code, "python"), "python")
        joined = sparse.hstack([matrix[number] for matrix in matrices]).toarray()[0]
        assert np.flatnonzero(joined).tolist() == features.ids.tolist()
        assert joined[features.ids] == pytest.approx(features.values)


def separable(count: int) -> tuple[sparse.csr_matrix, np.ndarray]:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, count)
    dense = generator.random((count, 6)).astype(np.float32)
    dense[:, 0] += labels
    return sparse.csr_matrix(dense), labels


def test_out_of_fold_logits_come_from_models_that_did_not_see_the_fold() -> None:
    """A feature unique to each row predicts perfectly in sample and not at all out of fold."""
    labels = np.arange(40) % 2
    matrix = sparse.identity(40, format="csr", dtype=np.float32)
    folds = np.arange(40) // 20
    inside = fit_linear(matrix, labels, np.ones(40), 100.0).logits(matrix)
    examples = ViewExamples(matrix, labels, np.ones(40), np.zeros(40, dtype=bool))
    settings = ViewSettings(VIEWS[0], 100.0, EvidenceShares(corpus=0.5))
    _, outside = cross_fit(examples, settings, folds, folds != np.arange(2)[:, None])
    assert ((inside > 0) == (labels == 1)).all()
    assert np.ptp(outside[folds == 0]) == pytest.approx(0.0)


@pytest.mark.parametrize("parallel", [1, 3])
def test_regressions_do_not_depend_on_parallelism(parallel: int) -> None:
    matrix, labels = separable(200)
    examples = ViewExamples(matrix, labels, np.ones(200), np.zeros(200, dtype=bool))
    settings, folds = ViewSettings(VIEWS[0], 1.0), np.arange(200) % 4
    fitting = (folds != np.arange(4)[:, None]) & (np.arange(200) > 20)
    model, logits = cross_fit(examples, settings, folds, fitting, parallel=parallel)
    assert model.weights.tolist() == fit_view(examples, settings).weights.tolist()
    left_out = folds == 2
    expected = fit_view(examples.only(fitting[2]), settings).logits(matrix[left_out])
    assert logits[left_out].tolist() == expected.tolist()


def test_sample_weights_influence_the_regression() -> None:
    matrix, labels = separable(200)
    ignored = np.where(labels == 1, 0.01, 1.0)
    assert fit_linear(matrix, labels, ignored, 1.0).logits(matrix).mean() < -1.0


def test_empty_text_is_undecided() -> None:
    """Without an intercept, an empty text is undecided, however unbalanced the classes are."""
    matrix, labels = separable(200)
    model = fit_linear(matrix, labels, np.where(labels == 1, 0.01, 1.0), 1.0)
    assert model.logits(sparse.csr_matrix((1, 6))) == pytest.approx([0.0])


def test_scale_of_rows_changes_their_logits_but_not_what_is_learnt() -> None:
    matrix, labels = separable(200)
    loud = sparse.csr_matrix(matrix * 3.0)
    quiet_model, loud_model = (fit_linear(each, labels, np.ones(200), 1.0) for each in (matrix, loud))
    assert loud_model.weights == pytest.approx(quiet_model.weights, abs=1e-4)
    assert loud_model.logits(loud) == pytest.approx(3.0 * quiet_model.logits(matrix), abs=1e-3)


def test_equally_scaled_columns_learn_the_same_as_unscaled_ones() -> None:
    matrix, labels = separable(200)
    plain = fit_linear(matrix, labels, np.ones(200), 1.0)
    scaled = fit_linear(matrix, labels, np.ones(200), 1.0, np.full(6, 7.0))
    assert scaled.weights == pytest.approx(plain.weights, rel=1e-3)


def test_ridge_penalizes_columns_of_small_scale_more() -> None:
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 2, 400)
    matrix = sparse.csr_matrix(generator.random((400, 3)) + labels[:, None] * np.array([0.3, 0.3, 0.0]))
    weights = fit_linear(matrix, labels, np.ones(400), 1.0, np.array([1.0, 0.1, 1.0])).weights
    assert weights[0] > 3 * weights[1] > 0


def test_a_view_without_evidence_is_an_ordinary_ridge() -> None:
    matrix, labels = separable(200)
    examples = ViewExamples(matrix, labels, np.ones(200), np.zeros(200, dtype=bool))
    view = fit_view(examples, ViewSettings(VIEWS[0], 1.0))
    assert view.weights.tolist() == fit_linear(matrix, labels, np.ones(200), 1.0).weights.tolist()


def test_columns_with_evidence_get_larger_weights() -> None:
    """Two columns separate the classes equally well over all rows; only pairs point to the second."""
    labels = np.tile([0, 1], 300)
    paired = np.arange(600) >= 400
    generator = np.random.default_rng(4)
    chance = np.where(labels[:, None] == 1, [[0.7, 0.7, 0.5]], [[0.4, 0.4, 0.5]])
    chance[paired, 0] = 0.55
    dense = (generator.random((600, 3)) < chance).astype(np.float32)
    examples = ViewExamples(sparse.csr_matrix(dense), labels, np.ones(600), paired)
    plain, style = (
        fit_view(examples, ViewSettings(VIEWS[0], 0.05, EvidenceShares(0.0, pairs))).weights
        for pairs in (0.0, 3.0)
    )
    assert style[1] / style[0] > 1.2 * plain[1] / plain[0] > 0


def test_combining_keeps_the_scaled_sum_of_the_views() -> None:
    generator = np.random.default_rng(1)
    models = [LinearModel(generator.normal(size=4)), LinearModel(generator.normal(size=3))]
    wide = combine(models, np.array([2.0, 0.5]))
    left, right = (sparse.csr_matrix(generator.random((5, width))) for width in (4, 3))
    expected = 2.0 * models[0].logits(left) + 0.5 * models[1].logits(right)
    assert wide.bias + sparse.hstack([left, right]) @ wide.table == pytest.approx(expected, abs=1e-5)


def test_scales_favour_the_more_informative_view() -> None:
    generator = np.random.default_rng(2)
    labels = generator.integers(0, 2, 3000)
    good, poor = (labels - 0.5) * 2 + generator.normal(size=3000), labels * 0.3 + generator.normal(size=3000)
    scales = fit_scales(np.stack([good, poor], axis=1), labels, np.ones(3000))
    assert scales[0] > 3 * scales[1] > 0
