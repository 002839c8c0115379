"""Grouping rows into files, and the evidence that neighbours add."""

import numpy as np
import pytest

from codeorigin.model.calibration.neighbours import Context, NeighbourRule
from codeorigin_training.thresholds.context import (
    commit_numbers,
    context_evidence,
    file_numbers,
    mixed_numbers,
    neighbour_evidence,
)
from support.corpus_rows import row
from support.tiny_model import FILE_CONTEXT

RULE = NeighbourRule(0.8, 1.0, 0.0)


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
    before = file_numbers(rows)
    after = mixed_numbers(rows, before, 0.5, seed=1)
    moved = np.flatnonzero(before != after)
    assert 70 <= len(moved) <= 130
    assert all(rows[number].label == 1 and rows[number].repo == "owner/repo" for number in moved)
    human = set(before[200:220].tolist())
    assert set(after[moved].tolist()) <= human
    assert len(set(after[moved].tolist())) > 10
    assert (mixed_numbers(rows, before, 0.5, seed=1) == after).all()
    assert (mixed_numbers(rows, before, 0.0, seed=1) == before).all()


def test_commits_are_numbered_per_repository_and_packages_have_none() -> None:
    rows = [row(commit="1"), row("b.py", commit="1"), row(commit="2"), row(repo="o/p", commit="1")]
    rows += [row(commit="1", source="debian"), row(), row(commit="1", pair="p")]
    assert commit_numbers(rows).tolist() == [0, 0, 1, 2, -1, -1, -1]


def test_context_adds_the_evidence_of_all_its_rules_where_each_has_neighbours() -> None:
    rows = [row(commit="1"), row(commit="1"), row("b.py", commit="1"), row("c.py", commit="2")]
    logits, everyone = np.array([1.0, 3.0, 5.0, 7.0]), np.ones(4, dtype=bool)
    both = Context(scale=FILE_CONTEXT.scale, file=RULE, commit=NeighbourRule(1.2, 1.0, 0.0))
    found = context_evidence(rows, logits, both, everyone)
    assert found[:2].tolist() == pytest.approx([0.8 * 3 / 2 + 1.2 * 8 / 3, 0.8 * 1 / 2 + 1.2 * 6 / 3])
    assert np.isnan(found[2:]).all()
