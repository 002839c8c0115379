import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit
from sklearn.metrics import log_loss

from codeorigin.model.ngrams.hashed_views import View, ViewKind
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.sides import read_sides
from codeorigin_training.ngrams.features import view_matrices
from codeorigin_training.ngrams.language_bias import (
    cross_fitted_biases,
    fit_language_bias,
    language_biases,
)
from codeorigin_training.ngrams.linear import LinearModel, ViewExamples, ViewSettings, WideModel, cross_fit
from codeorigin_training.ngrams.train import TrainedWide, WideConfig, train_wide, with_language_bias
from codeorigin_training.ngrams.wide import wide
from codeorigin_training.run import Run
from support.corpus_maker import write_corpus

VIEWS = (
    ViewSettings(View(ViewKind.WORDS, 1, 2, 2048), 5.0),
    ViewSettings(View(ViewKind.COMMENTS, 1, 1, 512), 5.0),
)


def log(_: str) -> None:
    """Discard a line."""


def test_shipped_model_uses_all_repositories_but_the_measured_one_does_not(tmp_path: Path) -> None:
    side, held_out = read_sides(
        write_corpus(tmp_path, repositories=40, functions=4), pair_weight=2.5, folds=2
    )
    assert held_out
    curves: list[tuple[int, dict[str, float]]] = []
    both = train_wide(
        side,
        held_out,
        WideConfig(VIEWS, folds=2, processes=1),
        log,
        lambda figures, step: curves.append((step, figures)),
    )
    alone = train_wide(side, held_out, WideConfig(VIEWS, folds=2, processes=1, all_repositories=False), log)
    assert np.array_equal(both.twin.table, alone.model.table)
    assert alone.twin is alone.model
    assert not np.array_equal(both.model.table, both.twin.table)
    assert np.array_equal(both.out_of_fold, alone.out_of_fold)
    matrices = view_matrices(held_out, [each.view for each in VIEWS], processes=1)
    table = np.split(both.twin.table, [VIEWS[0].view.width])
    logits = sum(matrix @ part for matrix, part in zip(matrices, table, strict=True))
    biases = language_biases(both.twin.languages, held_out)
    assert both.held_out == pytest.approx(logits + biases, abs=1e-4)
    # One point per view and one for their sum, which is measured on the logits that the run keeps.
    assert [step for step, _ in curves] == [1, 2, 3]
    of_sum = curves[-1][1]
    wanted = log_loss(side.labels, expit(both.out_of_fold), sample_weight=side.weights)
    assert of_sum["validation/loss"] == pytest.approx(wanted)
    right = (both.out_of_fold > 0) == (side.labels == 1)
    assert of_sum["validation/accuracy"] == pytest.approx(np.average(right, weights=side.weights))
    for _, figures in curves:
        assert figures["train/loss"] < figures["validation/loss"]
        assert figures["train/accuracy"] >= figures["validation/accuracy"]


def test_interrupted_training_does_not_fit_finished_views_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_corpus(tmp_path / "run" / "corpus", repositories=40, functions=4)
    config, run = WideConfig(VIEWS, folds=2, processes=1), Run(tmp_path / "run")
    fitted: list[ViewKind] = []

    def fit(
        examples: ViewExamples, settings: ViewSettings, folds: Integers, fitting: Booleans, *, parallel: int
    ) -> tuple[LinearModel, Floats]:
        fitted.append(settings.view.kind)
        if fitted == [ViewKind.WORDS, ViewKind.COMMENTS]:
            raise KeyboardInterrupt
        return cross_fit(examples, settings, folds, fitting, parallel=parallel)

    monkeypatch.setattr("codeorigin_training.ngrams.train.cross_fit", fit)
    with pytest.raises(KeyboardInterrupt):
        wide(config, run, log)
    lines: list[str] = []
    wide(config, run, lines.append)
    assert fitted == [ViewKind.WORDS, ViewKind.COMMENTS, ViewKind.COMMENTS]
    assert "words: the view is there" in lines
    assert not (run.folder / "views").exists()
    whole = Run(tmp_path / "whole")
    shutil.copytree(data, whole.corpus)
    wide(config, whole, log)
    with np.load(run.wide) as resumed, np.load(whole.wide) as at_once:
        assert all(np.array_equal(resumed[name], at_once[name]) for name in at_once.files)


def test_every_logit_gets_a_bias_fitted_without_its_row(tmp_path: Path) -> None:
    side, held_out = read_sides(
        write_corpus(tmp_path, repositories=60, functions=12), pair_weight=2.5, folds=2
    )
    generator = np.random.default_rng(1)
    raw = generator.normal(size=len(side.rows)) + side.labels
    outside = generator.normal(size=len(held_out))
    table = np.zeros(4, dtype=np.float32)
    trained = TrainedWide(WideModel(table, 0.0), WideModel(table, 0.0), raw, outside)
    found = with_language_bias(trained, side, held_out, log)
    assert found.twin.languages == fit_language_bias(side.rows, raw)
    everything = [*side.rows, *held_out]
    assert found.model.languages == fit_language_bias(everything, np.concatenate([raw, outside]))
    assert found.model.languages != found.twin.languages
    assert found.held_out == pytest.approx(
        outside + language_biases(found.twin.languages, held_out), abs=1e-12
    )
    assert found.out_of_fold == pytest.approx(raw + cross_fitted_biases(side, raw), abs=1e-12)


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
