from collections import Counter
from dataclasses import replace

import numpy as np

from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.data import (
    EvaluationData,
    agent_family,
    cap_per_repository,
    split,
)
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.slices import matched, matrix_slices, snippet_slices
from support.tiny_training import tiny_rows

CONFIG = EvaluateConfig(slice_functions=60, file_functions=4, fewest_of_generator=3, generator_functions=5)


def data(rows: list[Row]) -> EvaluationData:
    held_out = [replace(row, path=f"src/{number // 12}.py") for number, row in enumerate(rows)]
    pair = [replace(row, pair="p", repo="a/b") for row in rows[:2]]
    return EvaluationData(train=rows, held_out=held_out, pairs=pair, snippets=[], digest="", corpus="")


def test_matched_sample_alternates_classes_without_repeats() -> None:
    found = matched("name", "title", tiny_rows(200), 40, seed=0)
    assert found.labels.tolist() == [0, 1] * 20
    assert len({row.code for row in found.rows}) == 40


def test_slices_of_one_class_are_left_out() -> None:
    rows = [replace(row, modern=False) for row in tiny_rows(80)]
    names = [each.name for each in matrix_slices(data(rows), CONFIG)]
    assert "old" in names
    assert "modern" not in names


def test_human_side_of_a_pair_comes_first() -> None:
    (pairs,) = [each for each in matrix_slices(data(tiny_rows(80)), CONFIG) if each.name == "pairs"]
    assert pairs.labels.tolist() == [0, 1]


def test_pairs_are_sliced_by_which_side_has_comments() -> None:
    plain, commented = "def f(a):\n    return a\n", "def f(a):\n    # as it is\n    return a\n"
    sides = [
        (plain, plain),
        (plain, commented),
        (commented, plain),
        (commented, commented),
        (plain, commented),
    ]
    (example,) = [row for row in tiny_rows(40) if row.language == "python"][:1]
    pairs = [
        replace(example, pair=str(number), code=code, label=label)
        for number, pair in enumerate(sides)
        for label, code in enumerate(pair)
    ]
    found = {
        each.name.removeprefix("pairs: "): [row.pair for row in each.rows if row.label]
        for each in matrix_slices(replace(data(tiny_rows(80)), pairs=pairs), CONFIG)
        if each.name.startswith("pairs: ")
    }
    assert found == {
        "both sides commented": ["3"],
        "only the LLM's side commented": ["1", "4"],
        "only the person's side commented": ["2"],
        "no comments on either side": ["0"],
    }


def test_functions_of_a_file_share_path_and_label() -> None:
    rows = [replace(row, repo="owner/one") for row in tiny_rows(240)]
    (files,) = [each for each in matrix_slices(data(rows), CONFIG) if each.name == "files_modern"]
    assert {len(item) for item in files.items} == {4}
    for item in files.items:
        assert len({(row.path, row.label) for row in item}) == 1


def test_inside_slice_needs_enough_of_both_classes_in_a_repository() -> None:
    rows = tiny_rows(120)
    mixed = [replace(row, repo="owner/mixed" if number < 60 else row.repo) for number, row in enumerate(rows)]
    (inside,) = [each for each in matrix_slices(data(mixed), CONFIG) if each.name == "inside"]
    assert {row.repo for row in inside.rows} == {"owner/mixed"}
    assert inside.within


def test_generators_with_too_few_snippets_have_no_slice() -> None:
    rows = [
        replace(row, group=str(number), generator="" if row.label == 0 else "big" if number < 30 else "small")
        for number, row in enumerate(tiny_rows(34))
    ]
    found = snippet_slices(rows, CONFIG)
    assert [each.name for each in found] == ["snippets", "snippets: big"]
    assert Counter(found[1].labels.tolist())[1] == 5


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
