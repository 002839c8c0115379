"""Grouping rows into files, and the evidence that neighbours add."""

from dataclasses import replace

import numpy as np
import pytest

from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.context import (
    file_numbers,
    mixed_file_numbers,
    neighbour_evidence,
)
from codeorigin_training.thresholds.fit import fit_file_context
from support.corpus_rows import row

SETTINGS = CalibrateConfig(rate=0.1)
RULE = SETTINGS.neighbours(neutral=0.0)


def test_files_are_identified_by_repository_and_path_whoever_wrote_them() -> None:
    rows = [
        row(),
        row("b.py"),
        row(label=0),
        row(label=0, modern=True, commit="2"),
        row(repo="owner/other"),
        row(pair="p1"),
        row(""),
    ]
    assert file_numbers(rows).tolist() == [0, 1, 0, 0, 2, -1, -1]


def test_neighbour_evidence_equals_the_servers() -> None:
    files = np.array([0, 1, 0, 0, -1, -1, 2])
    logits = np.array([2.0, 9.0, 0.0, 1.0, 3.0, 4.0, 5.0])
    rule = NeighbourRule(weight=0.5, prior_functions=1.0, neutral=0.2)
    found = neighbour_evidence(files, logits, rule, np.ones(7, dtype=bool))
    assert found[[0, 2, 3]].tolist() == pytest.approx(rule.evidence([2.0, 0.0, 1.0]))
    # Alone in its file, or without a file, even though several functions have none.
    assert np.isnan(found[[1, 4, 5, 6]]).all()


def test_functions_without_verdict_neither_give_nor_get_evidence() -> None:
    files, logits = np.zeros(3, dtype=np.int64), np.array([1.0, 2.0, 50.0])
    judged = np.array([True, True, False])
    found = neighbour_evidence(files, logits, RULE, judged)
    assert found[:2].tolist() == pytest.approx([0.8 * 2.0 / 2, 0.8 * 1.0 / 2])
    assert np.isnan(found[2])


def test_mixing_moves_llm_functions_into_human_files_of_same_repository() -> None:
    rows = [row(f"l{number}.py") for number in range(200)]
    rows += [row(f"h{number}.py", label=0) for number in range(20)]
    rows += [row("x.py", repo="owner/llm only"), row("", label=1), row("p.py", pair="p1")]
    before, after = file_numbers(rows), mixed_file_numbers(rows, 0.5, seed=1)
    moved = np.flatnonzero(before != after)
    assert 70 <= len(moved) <= 130
    assert all(rows[number].label == 1 and rows[number].repo == "owner/repo" for number in moved)
    human = set(before[200:220].tolist())
    assert set(after[moved].tolist()) <= human
    assert len(set(after[moved].tolist())) > 10
    assert (mixed_file_numbers(rows, 0.5, seed=1) == after).all()
    assert (mixed_file_numbers(rows, 0.0, seed=1) == before).all()


def repositories(count: int, seed: int) -> tuple[list[Row], np.ndarray]:
    """Three files per class and repository, with four functions each; a file shifts all of its functions."""
    generator = np.random.default_rng(seed)
    rows, logits = [], []
    for repository in range(count):
        for label in (0, 1):
            for file in range(3):
                centre = (2.0 * label - 1.0) * 0.6 + generator.normal(0, 0.5)
                for _ in range(4):
                    rows.append(
                        row(f"{label}{file}.py", label=label, repo=f"owner/r{repository}", modern=file == 0)
                    )
                    logits.append(centre + generator.normal(0, 1.0))
    return rows, np.array(logits)


def test_promise_holds_in_new_files_and_more_llm_functions_are_found() -> None:
    rows, logits = repositories(80, seed=0)
    context = fit_file_context(rows, logits, SETTINGS, RULE)
    assert context is not None
    assert context.rule == RULE
    new_rows, new_logits = repositories(200, seed=1)
    labels = np.array([each.label for each in new_rows])
    told = new_logits + neighbour_evidence(file_numbers(new_rows), new_logits, RULE, labels >= 0)
    called = told >= context.scale.default.llm
    assert 0.04 < called[labels == 0].mean() < 0.11
    # By their own text alone, fewer LLM functions are found at the same false-positive rate.
    own = np.quantile(new_logits[labels == 0], 1 - called[labels == 0].mean())
    assert called[labels == 1].mean() > (new_logits[labels == 1] >= own).mean() + 0.05
    # The scale is calibrated: the mean probability matches the share of LLM functions.
    assert np.mean([context.scale.probability(value) for value in told]) == pytest.approx(0.5, abs=0.03)


def test_no_rule_without_enough_neighbours_of_both_classes() -> None:
    rows, logits = repositories(40, seed=2)
    alone = [replace(each, path=f"{number}.py") for number, each in enumerate(rows)]
    assert fit_file_context(alone, logits, SETTINGS, RULE) is None
    one_class = [
        replace(each, path=f"{number}.py") if each.label else each for number, each in enumerate(rows)
    ]
    assert fit_file_context(one_class, logits, SETTINGS, RULE) is None
    few = CalibrateConfig(rate=0.01)
    assert fit_file_context(rows, logits, few, RULE) is None


@pytest.mark.parametrize("wrong", [{"context_weight": 0.0}, {"context_prior_functions": -1.0}])
def test_invalid_settings_are_rejected(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="context_weight must be positive"):
        CalibrateConfig(**wrong)  # type: ignore[arg-type]
