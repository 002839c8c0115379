"""What kinds of code lose without their comments, and the data that they are drawn from."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.data import EvaluationData, agent_family, split
from codeorigin_training.metrics.table import AGENTS, MODERN, OLD, PAIRS, WRITTEN_PAIRS
from codeorigin_training.report.comments import (
    LOST,
    Slice,
    loss_figures,
    matched_draw,
    slices_of,
)
from codeorigin_training.report.config import EvaluateConfig
from support.tiny_training import tiny_rows

CONFIG = EvaluateConfig(rounds=20)


def reads_docstrings(rows: Sequence[Row]) -> np.ndarray:
    """Logits of a model that looks only at docstrings."""
    return np.array([float('"""' in row.code) for row in rows])


def data(rows: list[Row], pairs: list[Row] | None = None) -> EvaluationData:
    pair = [replace(row, pair="p", repo="a/b") for row in rows[1::-1]]
    return EvaluationData(train=rows, held_out=rows, pairs=pairs or pair, digest="")


def test_matched_sample_alternates_classes_without_repeats() -> None:
    rows = tiny_rows(200)
    found = matched_draw(rows, 40, seed=0)
    assert [rows[number].label for number in found] == [0, 1] * 20
    assert len(set(found.tolist())) == 40


def test_slices_of_one_class_are_left_out_and_a_pairs_human_side_comes_first() -> None:
    rows = [replace(row, modern=False) for row in tiny_rows(80)]
    found = {of.population: of for of in slices_of(data(rows), 60, 0)}
    assert f"{AGENTS} against {OLD}" in found
    assert not {f"{AGENTS} against {MODERN}", WRITTEN_PAIRS} & set(found)
    assert found[PAIRS].labels.tolist() == [0, 1]


def test_loss_is_measured_on_the_same_functions() -> None:
    subset = Slice("old", tuple(tiny_rows(40)))
    figures = list(loss_figures([subset], reads_docstrings, CONFIG))
    assert {(loss.population, loss.statistic, loss.n) for loss in figures} == {("old", LOST, 40)}
    assert {loss.context: loss.value for loss in figures} == {"without comments": 0.5}


def test_split_keeps_tasks_together_across_repositories() -> None:
    rows = [replace(row, group=f"task{number // 5}") for number, row in enumerate(tiny_rows(200))]
    train, held_out = split(rows)
    assert held_out
    assert not {row.group for row in train} & {row.group for row in held_out}


def test_agent_names_are_normalized() -> None:
    assert {agent_family(name) for name in ("copilot-AUTHOR", "Copilot", "copilot")} == {"copilot"}
    assert agent_family("cursor agent") == "cursor"
