"""Regressions on features: they find what is there, and nothing that they must not see."""

import numpy as np
import pytest

from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.splits import fold_of
from codeorigin_training.pretrained.probes import (
    Probed,
    added,
    attention_probe,
    cross_fitted,
    inside_repositories,
    linear_probe,
    probe_figures,
)

GENERATOR = np.random.default_rng(0)
ROWS = [
    Row("code", "python", number % 2, f"owner/repo{number // 8}", "", False, False, 5)
    for number in range(320)
]
PROBED = Probed.of(ROWS, folds=4, pair_weight=2.0)
SIGN = PROBED.labels * 2.0 - 1.0


def test_a_linear_probe_finds_the_class_in_one_channel() -> None:
    features = GENERATOR.normal(size=(len(ROWS), 6)).astype(np.float32)
    features[:, 2] += SIGN
    logits = cross_fitted(PROBED, linear_probe(features, PROBED, 0.1))
    figures = probe_figures(ROWS, logits)
    assert figures["old_human_auroc"] > 0.85
    assert figures["inside"] > 0.85
    assert figures["inside_repositories"] == 40
    assert figures["pairs_auroc"] is None


def test_no_row_is_judged_by_a_probe_that_saw_its_repository() -> None:
    seen: list[tuple[set[str], set[str]]] = []

    def fit(training: np.ndarray) -> object:
        return lambda rows: (
            seen.append(({ROWS[i].repo for i in training}, {ROWS[i].repo for i in rows}))
            or np.zeros(len(rows))
        )

    cross_fitted(PROBED, fit)  # type: ignore[arg-type]
    assert len(seen) == len({fold_of(row.repo, 4) for row in ROWS})
    assert all(not training & judged for training, judged in seen)


def test_learning_curve_point_uses_only_the_first_rows() -> None:
    sizes: list[int] = []

    def fit(training: np.ndarray) -> object:
        sizes.append(len(training))
        return lambda rows: np.zeros(len(rows))

    cross_fitted(PROBED, fit, first=50)  # type: ignore[arg-type]
    assert set(sizes) == {50}


def test_attention_finds_the_telling_token_that_a_mean_hides() -> None:
    states = []
    for sign in SIGN:
        tokens = GENERATOR.normal(size=(GENERATOR.integers(8, 24), 8)).astype(np.float32)
        tokens[:, :2] *= 0.1
        place = GENERATOR.integers(len(tokens))
        tokens[:, 2] += 3.0 * GENERATOR.choice([-1, 1], len(tokens))
        tokens[place, 0], tokens[place, 2] = 4.0, 3.0 * sign
        states.append(tokens)
    means = np.stack([tokens.mean(axis=0) for tokens in states])
    mean = probe_figures(ROWS, cross_fitted(PROBED, linear_probe(means, PROBED, 0.1)))
    fit = attention_probe(states, PROBED, epochs=60, learning_rate=0.03)
    attention = probe_figures(ROWS, cross_fitted(PROBED, fit))
    assert attention["old_human_auroc"] > mean["old_human_auroc"] + 0.1


def test_added_logit_has_the_requested_share_of_the_spread() -> None:
    wide, deep = GENERATOR.normal(size=500) * 3, GENERATOR.normal(size=500) * 70
    extra = added(wide, deep, 0.2) - wide
    assert extra.std() == pytest.approx(0.2 * wide.std())
    assert np.corrcoef(extra, deep)[0, 1] == pytest.approx(1.0)
    assert added(wide, np.zeros(500), 0.5) == pytest.approx(wide)


def test_repositories_of_one_class_give_no_inside_figure() -> None:
    rows = [Row("code", "go", 1, f"owner/repo{number}", "", False, False, 5) for number in range(6)]
    assert inside_repositories(rows, np.arange(6.0)) == {"inside": None, "inside_repositories": 0}
