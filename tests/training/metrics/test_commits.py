"""Figures for commits on made-up repositories, checked against counts by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.answers import context_answers
from codeorigin_training.metrics.commits import commit_metrics
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.context import commit_numbers
from codeorigin_training.thresholds.fit import fit_calibration
from support.corpus_rows import row

CONFIG = CalibrateConfig(llm_rate=0.1)


def repositories(count: int, seed: int) -> tuple[list[Row], np.ndarray]:
    """Commits of one, three and five functions per class and era; each shifts all its functions equally."""
    generator = np.random.default_rng(seed)
    rows, logits = [], []
    for repository in range(count):
        for label, modern in ((0, False), (0, True), (1, False)):
            for size in (1, 3, 5):
                centre = (2.0 * label - 1.0) * 0.6 + generator.normal(0, 0.5)
                for file in range(size):
                    commit = f"{label}{modern}{size}"
                    where = {"repo": f"owner/{seed}-{repository}", "commit": commit, "label": label}
                    rows.append(row(f"{file}.py", modern=modern, **where))
                    logits.append(centre + generator.normal(0, 1.0))
    return rows, np.array(logits)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    rows, logits = repositories(80, seed=0)
    return fit_calibration(rows, logits, CONFIG)


@pytest.fixture(scope="module")
def found(calibration: Calibration) -> dict[str, Any]:
    """The figures on 60 other repositories."""
    measured = commit_metrics(*repositories(60, seed=1), calibration)
    assert measured is not None
    return measured


def test_figures_of_a_context_match_its_answers(calibration: Calibration, found: dict[str, Any]) -> None:
    rows, logits = repositories(60, seed=1)
    context = context_answers(rows, logits, calibration)["in_commit"]
    labels = np.array([each.label for each in rows])
    rates = found["as_they_are"]["contexts"]["in_commit"]
    assert found["as_they_are"]["functions"] == len(rows)
    assert rates["auroc"] == pytest.approx(roc_auc_score(labels, context.log_odds))
    # All repositories have the same size here, so the mean over them is the mean over functions.
    assert rates["human_called_llm"]["share"] == pytest.approx(context.llm[labels == 0].mean())
    assert rates["llm_called_llm"]["share"] == pytest.approx(context.llm[labels == 1].mean())
    # With half of the LLM functions in human-written commits, the commit is less informative.
    mixed = found["mixed_commits"]["contexts"]["in_commit"]
    assert mixed["auroc"] < rates["auroc"] - 0.02
    assert found["mixed_commits"]["contexts"]["by_text"] == found["as_they_are"]["contexts"]["by_text"]
    # Only commits of five functions count as whole commits; a repository has three of them.
    assert found["commits"]["old_human"]["files"] == 2 * 60


def test_pairs_packages_and_short_functions_do_not_count(calibration: Calibration) -> None:
    rows, logits = repositories(20, seed=3)
    others = [replace(each, pair="p") for each in rows[:50]]
    others += [replace(each, source="debian") for each in rows[:50]]
    others += [replace(each, code="def f():\n    return 1") for each in rows[:50]]
    more, high = [*rows, *others], np.concatenate([logits, np.full(150, 9.0)])
    # Equal including the missing figures: no commit has ten functions.
    np.testing.assert_equal(
        commit_metrics(more, high, calibration), commit_metrics(rows, logits, calibration)
    )
    assert commit_metrics(others, np.full(150, 9.0), calibration) is None
    assert commit_metrics(rows, logits, replace(calibration, commit_context=None)) is None
    assert (commit_numbers(others[:100]) == -1).all()
