"""Slices of code, what is measured on them, and what they lose under perturbations."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from codeorigin_training.data.perturb import PERTURBATIONS
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.data import EvaluationData, agent_family, cap_per_repository, split
from codeorigin_training.metrics.detector import Detector
from codeorigin_training.metrics.table import AGENTS, MODERN, OLD, PAIRS, WRITTEN_PAIRS
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.matrix import (
    AS_IT_IS,
    LOST,
    Slice,
    logits_of,
    loss_figures,
    matched,
    matrix_section,
    perturb_all,
    slice_figures,
    slices_of,
    snippet_slices,
)
from support.tiny_training import tiny_rows

CONFIG = EvaluateConfig(
    perturbations=("comments_removed",), slice_functions=60, perturbed_functions=20, fewest_of_generator=3,
    generator_functions=5, rounds=20, processes=1,
)  # fmt: skip


class DocstringModel:
    """Looks only at docstrings."""

    def logits(self, rows: Sequence[Row]) -> np.ndarray:
        return np.array([float('"""' in row.code) for row in rows])


def data(rows: list[Row], pairs: list[Row] | None = None) -> EvaluationData:
    pair = [replace(row, pair="p", repo="a/b") for row in rows[:2]]
    return EvaluationData(train=rows, held_out=rows, pairs=pairs or pair, snippets=[], digest="", corpus="")


def test_matched_sample_alternates_classes_without_repeats() -> None:
    found = matched("name", tiny_rows(200), 40, seed=0)
    assert found.labels.tolist() == [0, 1] * 20
    assert len({row.code for row in found.rows}) == 40


def test_slices_of_one_class_are_left_out_and_a_pairs_human_side_comes_first() -> None:
    rows = [replace(row, modern=False) for row in tiny_rows(80)]
    found = {of.population: of for of in slices_of(data(rows), CONFIG)}
    assert f"{AGENTS} against {OLD}" in found
    assert not {f"{AGENTS} against {MODERN}", WRITTEN_PAIRS} & set(found)
    assert found[PAIRS].labels.tolist() == [0, 1]


def test_pairs_are_sliced_by_which_side_has_comments() -> None:
    plain, commented = "def f(a):\n    return a\n", "def f(a):\n    # as it is\n    return a\n"
    sides = [
        (plain, plain),
        (plain, commented),
        (commented, plain),
        (commented, commented),
        (plain, commented),
    ]
    example = next(row for row in tiny_rows(40) if row.language == "python")
    pairs = [
        replace(example, pair=str(number), code=code, label=label)
        for number, pair in enumerate(sides)
        for label, code in enumerate(pair)
    ]
    found = {
        of.population: [row.pair for row in of.rows if row.label]
        for of in slices_of(data(tiny_rows(80), pairs), CONFIG)
        if of.population.startswith("pairs, ")
    }
    assert found == {
        "pairs, both sides commented": ["3"],
        "pairs, only the LLM's side commented": ["1", "4"],
        "pairs, only the person's side commented": ["2"],
        "pairs, no comments on either side": ["0"],
    }


def test_generators_with_too_few_snippets_have_no_slice() -> None:
    rows = [
        replace(row, group=str(number), generator="" if row.label == 0 else "big" if number < 30 else "small")
        for number, row in enumerate(tiny_rows(34))
    ]
    found = snippet_slices(rows, CONFIG)
    assert [of.population for of in found] == ["snippets, all generators", "snippets by big"]
    assert Counter(found[1].labels.tolist())[1] == 5


def test_loss_is_measured_on_the_same_functions() -> None:
    subset, model = Slice("old", tuple(tiny_rows(40))), DocstringModel()
    (loss,) = loss_figures([subset], logits_of(subset.rows, model), model, CONFIG, lambda line: None)
    assert (loss.population, loss.context, loss.statistic) == ("old", "comments removed", LOST)
    assert (loss.value, loss.n) == (0.5, 20)


def test_pairs_in_order_and_shares_at_the_thresholds_are_counted(tiny_model_dir: Path) -> None:
    pairs = Slice("pairs", tuple(tiny_rows(4)), pairs=True)
    figures = slice_figures(pairs, np.array([-9.0, 9.0, 9.0, 0.0]), Detector(tiny_model_dir), CONFIG)
    found = {figure.statistic: figure for figure in figures}
    assert found["AUROC"].value == pytest.approx((1 + 0 + 0.5 + 1 + 0) / 4, abs=0.3)
    assert (found["in order"].value, found["in order"].n) == (0.5, 2)
    assert "found at 1 % false positives" not in found
    assert {name: found[name].repositories for name in ("flagged", "unsure")} == {
        "flagged": len({row.unit for row in pairs.rows[::2]}),
        "unsure": len({row.unit for row in pairs.rows}),
    }


def test_rows_of_the_manifest_are_not_shown_twice_and_all_losses_are() -> None:
    model, kinds = DocstringModel(), (f"{AGENTS} against {OLD}", "seen")
    subsets = [Slice(kind, tuple(tiny_rows(40))) for kind in kinds]
    losses = list(loss_figures(subsets, logits_of(subsets[0].rows, model), model, CONFIG, lambda line: None))
    shown = [replace(figure, context=AS_IT_IS, statistic="AUROC") for figure in losses]
    of_kinds, perturbed = matrix_section(shown, losses).tables
    assert [row[0] for row in of_kinds.rows] == ["seen"]
    assert [row[0] for row in perturbed.rows] == list(kinds)


def test_perturbed_text_is_independent_of_neighbours_and_processes() -> None:
    texts = [(row.code, row.language) for row in tiny_rows(6)]
    reindented = PERTURBATIONS["reindented"]
    alone = perturb_all(texts[3:4], reindented, seed=5, processes=1)
    together = perturb_all(texts, reindented, seed=5, processes=2)
    assert together[texts[3]] == alone[texts[3]]
    assert set(together) == set(texts)


def test_split_keeps_tasks_together_across_repositories() -> None:
    rows = [replace(row, group=f"task{number // 5}") for number, row in enumerate(tiny_rows(200))]
    train, held_out = split(rows)
    assert held_out
    assert not {row.group for row in train} & {row.group for row in held_out}


def test_agent_names_are_normalized() -> None:
    assert {agent_family(name) for name in ("copilot-AUTHOR", "Copilot", "copilot")} == {"copilot"}
    assert agent_family("cursor agent") == "cursor"


def test_cap_per_repository_is_reproducible_and_keeps_the_order() -> None:
    rows = [replace(row, repo="owner/one") for row in tiny_rows(40)]
    kept = cap_per_repository(rows, 5, seed=1)
    assert Counter(row.label for row in kept) == {0: 5, 1: 5}
    assert kept == cap_per_repository(rows, 5, seed=1)
    places = [rows.index(row) for row in kept]
    assert places == sorted(places)
    assert not np.array_equal(places, range(10))
