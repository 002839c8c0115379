"""The n-gram part: its features, regressions, evidence, cross-fitting, and the command."""

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from codeorigin.model.ngrams.hashed_views import NgramViews, View, ViewKind
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.data.rows import Row
from codeorigin_training.data.sides import read_sides
from codeorigin_training.language_bias import cross_fitted_biases, fit_language_bias, language_biases
from codeorigin_training.matrices import view_matrices
from codeorigin_training.run import Run
from codeorigin_training.wide import (
    EvidenceShares,
    TrainedWide,
    ViewExamples,
    ViewSettings,
    WideConfig,
    cross_fit,
    evidence_scales,
    fit_linear,
    fit_scales,
    fit_view,
    train_wide,
)
from support.corpus_maker import human_function, write_corpus

VIEWS = (
    ViewSettings(View(ViewKind.WORDS, 1, 2, 2048), 5.0),
    ViewSettings(View(ViewKind.COMMENTS, 1, 1, 512), 5.0),
)
TWO = [View(ViewKind.WORDS, 1, 2, 512), View(ViewKind.CHARACTERS, 2, 3, 256)]


def rows(count: int) -> list[Row]:
    generator = random.Random(0)
    codes = [human_function(generator, f"f{number}") for number in range(count)]
    return [Row(code, "python", 0, "a/a", "", False, False, 5) for code in codes]


@pytest.mark.parametrize("processes", [1, 2])
def test_matrix_rows_match_the_servers_features(processes: int) -> None:
    corpus = rows(7)
    matrices = view_matrices(corpus, TWO, processes=processes)
    for number, row in enumerate(corpus):
        features = NgramViews(TWO).extract(normalize(row.code, "python"), "python")
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
    inside = matrix @ fit_linear(matrix, labels, np.ones(40), 100.0)
    examples = ViewExamples(matrix, labels, np.ones(40), np.zeros(40, dtype=bool))
    settings = ViewSettings(TWO[0], 100.0, EvidenceShares(corpus=0.5))
    outside = cross_fit(examples, settings, folds, folds != np.arange(2)[:, None])
    assert ((inside > 0) == (labels == 1)).all()
    assert np.ptp(outside[folds == 0]) == pytest.approx(0.0)


def test_a_fold_is_judged_by_a_regression_on_its_fitting_rows() -> None:
    matrix, labels = separable(200)
    examples = ViewExamples(matrix, labels, np.ones(200), np.zeros(200, dtype=bool))
    settings, folds = ViewSettings(TWO[0], 1.0), np.arange(200) % 4
    fitting = (folds != np.arange(4)[:, None]) & (np.arange(200) > 20)
    logits = cross_fit(examples, settings, folds, fitting)
    left_out = folds == 2
    expected = matrix[left_out] @ fit_view(examples.only(fitting[2]), settings)
    assert logits[left_out].tolist() == expected.tolist()


def test_sample_weights_influence_the_regression() -> None:
    matrix, labels = separable(200)
    ignored = np.where(labels == 1, 0.01, 1.0)
    assert (matrix @ fit_linear(matrix, labels, ignored, 1.0)).mean() < -1.0


def test_scale_of_rows_changes_their_logits_but_not_what_is_learnt() -> None:
    matrix, labels = separable(200)
    loud = sparse.csr_matrix(matrix * 3.0)
    of_quiet, of_loud = (fit_linear(each, labels, np.ones(200), 1.0) for each in (matrix, loud))
    assert of_loud == pytest.approx(of_quiet, abs=1e-4)
    assert loud @ of_loud == pytest.approx(3.0 * (matrix @ of_quiet), abs=1e-3)


def test_equally_scaled_columns_learn_the_same_as_unscaled_ones() -> None:
    matrix, labels = separable(200)
    plain = fit_linear(matrix, labels, np.ones(200), 1.0)
    scaled = fit_linear(matrix, labels, np.ones(200), 1.0, np.full(6, 7.0))
    assert scaled == pytest.approx(plain, rel=1e-3)


def test_ridge_penalizes_columns_of_small_scale_more() -> None:
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 2, 400)
    matrix = sparse.csr_matrix(generator.random((400, 3)) + labels[:, None] * np.array([0.3, 0.3, 0.0]))
    weights = fit_linear(matrix, labels, np.ones(400), 1.0, np.array([1.0, 0.1, 1.0]))
    assert weights[0] > 3 * weights[1] > 0


def test_a_view_without_evidence_is_an_ordinary_ridge() -> None:
    matrix, labels = separable(200)
    examples = ViewExamples(matrix, labels, np.ones(200), np.zeros(200, dtype=bool))
    view = fit_view(examples, ViewSettings(TWO[0], 1.0))
    assert view.tolist() == fit_linear(matrix, labels, np.ones(200), 1.0).tolist()


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
        fit_view(examples, ViewSettings(TWO[0], 0.05, EvidenceShares(0.0, pairs))) for pairs in (0.0, 3.0)
    )
    assert style[1] / style[0] > 1.2 * plain[1] / plain[0] > 0


def test_scales_favour_the_more_informative_view() -> None:
    generator = np.random.default_rng(2)
    labels = generator.integers(0, 2, 3000)
    good, poor = (labels - 0.5) * 2 + generator.normal(size=3000), labels * 0.3 + generator.normal(size=3000)
    scales = fit_scales(np.stack([good, poor], axis=1), labels, np.ones(3000))
    assert scales[0] > 3 * scales[1] > 0


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
    weights = np.ones(200) if weights is None else weights
    return evidence_scales(ViewExamples(MATRIX, LABELS, weights, PAIRED), shares)


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
    wide = evidence_scales(ViewExamples(wider, LABELS, np.ones(200), PAIRED), shares)
    assert wide[:4] == pytest.approx(scales(shares))


def test_only_the_ratio_of_the_weights_counts() -> None:
    shares = EvidenceShares(0.4, 0.2)
    assert scales(shares, np.full(200, 30.0)) == pytest.approx(scales(shares))


def test_rows_without_pairs_have_no_pair_evidence() -> None:
    none = np.zeros(200, dtype=bool)
    examples = ViewExamples(MATRIX, LABELS, np.ones(200), none)
    assert evidence_scales(examples, EvidenceShares(pairs=1.0)).tolist() == [1.0] * 4


def test_columns_are_scaled_equally_without_any_evidence() -> None:
    alike = sparse.csr_matrix(np.ones((200, 3)))
    for corpus in (0.5, 1.0):
        made = evidence_scales(ViewExamples(alike, LABELS, np.ones(200), PAIRED), EvidenceShares(corpus, 0.5))
        assert np.ptp(made) == pytest.approx(0.0)
        assert made.min() > 0


def test_shipped_model_uses_all_repositories_but_the_measured_one_does_not(tmp_path: Path) -> None:
    side, held_out = read_sides(
        write_corpus(tmp_path, repositories=40, functions=4), pair_weight=2.5, folds=2
    )
    assert held_out
    config, run = WideConfig(VIEWS, folds=2, processes=1), Run(tmp_path / "run")
    both = train_wide(side, held_out, config, run, "data")
    without = replace(config, all_repositories=False)
    alone = train_wide(side, held_out, without, run, "data")
    assert np.array_equal(both.twin.table, alone.model.table)
    assert np.array_equal(alone.twin.table, alone.model.table)
    assert alone.twin.languages == alone.model.languages == both.twin.languages
    assert not np.array_equal(both.model.table, both.twin.table)
    assert np.array_equal(both.out_of_fold, alone.out_of_fold)
    matrices = view_matrices(held_out, [each.view for each in VIEWS], processes=1)
    table = np.split(both.twin.table, [VIEWS[0].view.width])
    logits = sum(matrix @ part for matrix, part in zip(matrices, table, strict=True))
    biases = language_biases(both.twin.languages, held_out)
    assert both.held_out == pytest.approx(logits + biases, abs=1e-4)


def test_every_logit_gets_a_bias_fitted_without_its_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    side, held_out = read_sides(
        write_corpus(tmp_path, repositories=60, functions=12), pair_weight=2.5, folds=2
    )
    config = WideConfig(VIEWS, folds=2, processes=1)

    def trained(folder: str) -> TrainedWide:
        return train_wide(side, held_out, config, Run(tmp_path / folder), "data")

    found = trained("with")
    monkeypatch.setattr("codeorigin_training.wide.language_biases", lambda _, rows: np.zeros(len(rows)))
    monkeypatch.setattr("codeorigin_training.wide.cross_fitted_biases", lambda *_: 0.0)
    raw = trained("without")
    assert found.twin.languages == fit_language_bias(side.rows, raw.out_of_fold)
    everything = np.concatenate([raw.out_of_fold, raw.held_out])
    assert found.model.languages == fit_language_bias([*side.rows, *held_out], everything)
    assert found.model.languages != found.twin.languages
    assert found.held_out == pytest.approx(
        raw.held_out + language_biases(found.twin.languages, held_out), abs=1e-12
    )
    assert found.out_of_fold == pytest.approx(
        raw.out_of_fold + cross_fitted_biases(side, raw.out_of_fold), abs=1e-12
    )


def test_combined_sides_are_rebalanced(tmp_path: Path) -> None:
    side, held_out = read_sides(
        write_corpus(tmp_path, repositories=40, functions=4), pair_weight=2.5, folds=2
    )
    both = side.with_held_out(held_out, pair_weight=2.5)
    assert both.rows == [*side.rows, *held_out]
    paired = np.array([row.pair is not None for row in both.rows])
    assert set(both.weights[paired].tolist()) == {2.5}
    assert both.weights[~paired].mean() == pytest.approx(1.0)
    human, llm = (both.weights[~paired & (both.labels == label)].sum() for label in (0, 1))
    assert human == pytest.approx(llm)
