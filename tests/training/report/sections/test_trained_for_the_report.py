"""Models that the report trains itself: learning curve, agents and languages left out, controls, baselines."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from codeorigin_training.data.rows import Row
from codeorigin_training.report.baselines.word_view import TrainingSet
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.sections.baselines import baselines
from codeorigin_training.report.sections.controls import controls
from codeorigin_training.report.sections.learning_curve import learning_curve
from codeorigin_training.report.sections.transfer import transfer_rows
from support.corpus_maker import human_function
from support.tiny_training import tiny_rows

CONFIG = EvaluateConfig(
    slice_functions=300,
    rounds=20,
    perturbations=(),
    agents=("helper", "nobody"),
    languages=("ruby",),
    learning_sizes=(2, 10, 10_000),
    learning_seeds=2,
    baseline_functions=150,
    processes=1,
)


def rows(count: int, seed: int, agent: str = "robot") -> list[Row]:
    """Both eras of human code, two languages, and five repositories per hundred rows."""
    return [
        replace(
            row,
            repo=f"{seed}/repo{number // 20}",
            agent=agent if row.label else "",
            modern=row.label == 0 and number % 4 == 0,
            language="ruby" if number % 6 < 2 else "python",
        )
        for number, row in enumerate(tiny_rows(count, seed))
    ]


@pytest.fixture(scope="module")
def training() -> TrainingSet:
    return TrainingSet.of(rows(240, seed=1) + rows(120, seed=2, agent="helper"), processes=1)


@pytest.fixture(scope="module")
def held_out() -> list[Row]:
    return rows(420, seed=3)


def no_log(_line: str) -> None:
    pass


def test_learning_curve_ends_with_all_repositories(training: TrainingSet, held_out: list[Row]) -> None:
    points = learning_curve(training, held_out, CONFIG, no_log)
    assert [point.repositories for point in points] == [2, 10, 18]
    assert [len(point.old) for point in points] == [2, 2, 1]
    assert points[0].functions < points[1].functions < points[2].functions == 360
    assert points[2].old[0] is not None
    assert points[2].old[0] > 0.9


def test_agent_without_held_out_code_is_measured_on_training_repositories(
    training: TrainingSet, held_out: list[Row]
) -> None:
    found = transfer_rows(training, held_out, CONFIG, {}, no_log)
    assert [(row.kind, row.value) for row in found] == [("agent", "helper"), ("language", "ruby")]
    helper = found[0].without
    assert helper.model == "words without helper"
    # 60 functions by the agent, with as many human-written ones.
    assert helper.raw.positives == 60
    assert helper.raw.auroc.value is not None
    assert helper.raw.auroc.value > 0.9
    assert found[0].auroc_with is not None
    assert helper.raw.false_positive_rate.value is None


def test_left_out_language_is_measured_on_itself(training: TrainingSet, held_out: list[Row]) -> None:
    ruby = transfer_rows(training, held_out, replace(CONFIG, agents=()), {}, no_log)[0].without.raw
    there = sum(row.language == "ruby" for row in held_out)
    assert 100 <= ruby.items <= there
    assert ruby.positives == ruby.items // 2
    assert ruby.auroc.value is not None
    assert ruby.auroc.value > 0.9


def only_people(count: int, seed: int, *, leak: bool) -> list[Row]:
    """Human code with arbitrary labels; with a leak, the functions of one label are longer."""
    generator = random.Random(seed)
    found = []
    for number in range(count):
        code = human_function(generator, "f")
        label = number % 2
        if leak and label:
            code += "\n" + "\n".join("    n += 1 # more" for _ in range(2))
        modern = label == 0 and number % 4 == 0
        # Both get the same length class, so that matching cannot hide the leak.
        found.append(Row(code, "python", label, f"{seed}/{number // 10}", "", modern, False, 12))
    return found


def by_name(found: Sequence, name: str):  # type: ignore[no-untyped-def,type-arg]
    return next(each for each in found if each.name == name)


def test_planted_length_leak_is_flagged() -> None:
    leaking = TrainingSet.of(only_people(300, 1, leak=True), processes=1)
    found = controls(leaking, only_people(300, 2, leak=True), CONFIG, no_log)
    length = by_name(found, "length")
    assert length.exceeded
    assert length.old.value > 0.6
    assert length.bound == 0.1


def test_random_labels_are_not_flagged() -> None:
    config = replace(CONFIG, slice_functions=2000)
    clean = TrainingSet.of(only_people(1200, 1, leak=False), processes=1)
    found = controls(clean, only_people(1600, 2, leak=False), config, no_log)
    for name in ("length", "layout"):
        control = by_name(found, name)
        assert not control.exceeded, control
        assert abs(control.old.value - 0.5) <= control.bound


def test_layout_invisible_to_model_has_no_bound(training: TrainingSet, held_out: list[Row]) -> None:
    raw = by_name(controls(training, held_out, CONFIG, no_log), "raw_layout")
    assert raw.bound is None
    assert not raw.exceeded


def test_baselines_are_compared_on_same_functions(training: TrainingSet, held_out: list[Row]) -> None:
    found = baselines(training.rows, held_out, held_out[:10], CONFIG, no_log)
    assert [each.name for each in found] == ["word_bigrams", "character_ngrams", "stylometry"]
    assert {(each.old.items, each.modern.items) for each in found} == {
        (found[0].old.items, found[0].modern.items)
    }
    for each in found:
        assert each.functions == 150
        assert each.old.auroc.value is not None
        assert each.old.auroc.value > 0.8
