"""Where a language's classes meet, and what must not influence it."""

import numpy as np
import pytest

from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, Row
from codeorigin_training.data.sides import TrainingSide
from codeorigin_training.language_bias import (
    cross_fitted_biases,
    fit_language_bias,
    language_biases,
)
from support.corpus_rows import row

HIGH, LOW = "typescript", "c"


def corpus(repositories: int = 90) -> tuple[list[Row], Floats]:
    """Two languages that differ only by 1.0 of logit, in repositories of six functions, half of them by an LLM."""
    generator = np.random.default_rng(3)
    rows, logits = [], []
    for language, level in ((HIGH, 0.5), (LOW, -0.5)):
        for repository in range(repositories):
            for number in range(6):
                label = number % 2
                repo = f"{language}/{repository}"
                rows.append(row(code=f"{repo} {number}", language=language, label=label, repo=repo))
                logits.append(level + 2.0 * label - 1.0 + generator.normal(scale=0.1))
    return rows, np.array(logits)


def test_bias_brings_languages_together() -> None:
    rows, logits = corpus()
    bias = fit_language_bias(rows, logits)
    # 90 repositories against a prior of 10.
    assert bias == pytest.approx({HIGH: -0.45, LOW: 0.45}, abs=0.02)
    moved = logits + language_biases(bias, rows)
    in_high = np.array([each.language == HIGH for each in rows])
    assert moved[in_high].mean() - moved[~in_high].mean() == pytest.approx(0.1, abs=0.03)


def test_few_repositories_move_a_language_less() -> None:
    rows, logits = corpus(repositories=10)
    assert fit_language_bias(rows, logits)[HIGH] == pytest.approx(-0.25, abs=0.03)


def test_pairs_packages_and_rare_languages_do_not_influence_the_bias() -> None:
    rows, logits = corpus()
    others = [row(language=HIGH, label=0, repo="debian/p", source=DISTRIBUTION_SOURCE)] * 500
    others += [row(language=HIGH, label=1, pair="1", repo="pair")] * 500
    rare = [row(language="go", label=number % 2, repo=f"go/{number}") for number in range(30)]
    bias = fit_language_bias([*rows, *others], np.concatenate([logits, np.full(1000, 50.0)]))
    assert bias == fit_language_bias(rows, logits)
    with_rare = fit_language_bias([*rows, *rare], np.concatenate([logits, np.full(30, 3.0)]))
    assert "go" not in with_rare
    assert language_biases(with_rare, rare).tolist() == [0.0] * 30


def test_repositories_are_weighted_by_the_square_root_of_their_rows() -> None:
    rows, logits = corpus()
    large = [row(language=HIGH, label=0, repo="large")] * 900
    bias = fit_language_bias([*rows, *large], np.concatenate([logits, np.full(900, 9.0)]))
    every_row_alike = np.average([-0.5, 9.0], weights=[270, 900])
    by_the_root = np.average([-0.5, 9.0], weights=[90 * 3 / np.sqrt(3), 30])
    moved = bias[HIGH] - fit_language_bias(rows, logits)[HIGH]
    assert abs(moved) < 0.6 * (by_the_root + 0.5) < 0.3 * (every_row_alike + 0.5)


def test_folds_do_not_influence_their_own_bias() -> None:
    rows, logits = corpus()
    side = TrainingSide.of(rows, [], pair_weight=1.0, folds=3)
    folds = side.folds
    biases = cross_fitted_biases(side, logits)
    strange = np.where(folds == 1, logits + 40.0, logits)
    again = cross_fitted_biases(side, strange)
    assert again[folds == 1].tolist() == biases[folds == 1].tolist()
    in_one = np.where((folds == 1) & (np.arange(len(rows)) < 540), strange, logits)
    everywhere = cross_fitted_biases(side, in_one)
    assert abs(everywhere[folds == 0] - biases[folds == 0]).min() > 1.0


def test_single_class_gives_no_bias() -> None:
    rows = [row(label=0, repo=f"r/{number}") for number in range(100)]
    assert fit_language_bias(rows, np.zeros(100)) == {}
