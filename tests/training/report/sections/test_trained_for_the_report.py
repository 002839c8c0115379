"""Models that the report trains itself: learning curve, languages left out, controls, baselines."""

import random
from dataclasses import replace

import pytest

from codeorigin_training.data.rows import Row
from codeorigin_training.report.baselines.word_view import TrainingSet
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.section import Section
from codeorigin_training.report.sections.baselines import baselines
from codeorigin_training.report.sections.controls import LENGTH_BOUND, controls
from codeorigin_training.report.sections.learning_curve import learning_curve
from codeorigin_training.report.sections.transfer import transfer
from support.corpus_maker import human_function
from support.tiny_training import tiny_rows

CONFIG = EvaluateConfig(
    slice_functions=300,
    rounds=20,
    perturbations=(),
    languages=("ruby", "fortran"),
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


def values(found: Section) -> dict[str, float | None]:
    return {figure.name: figure.value for figure in found.figures}


def test_learning_curve_ends_with_all_repositories(training: TrainingSet, held_out: list[Row]) -> None:
    found = learning_curve(training, held_out, CONFIG, no_log)
    (table,) = found.tables
    assert [row[0] for row in table.rows] == ["2", "10", "18"]
    assert [row[2].count(",") + 1 for row in table.rows] == [2, 2, 1]
    functions = [int(row[1]) for row in table.rows]
    assert functions == sorted(functions)
    assert functions[-1] == 360
    assert (values(found)["AUROC, old: 18 repositories"] or 0.0) > 0.9


def test_languages_are_measured_by_a_model_without_them(training: TrainingSet, held_out: list[Row]) -> None:
    found = transfer(training, held_out, CONFIG, {}, no_log)
    (ruby,) = found.tables[0].rows
    assert ruby[0].split(" (")[0] == "unseen language: ruby"
    assert 100 <= int(ruby[5]) <= sum(row.language == "ruby" for row in held_out)
    assert (values(found)["AUROC: unseen language: ruby"] or 0.0) > 0.9
    assert values(found)["AUROC of the model trained with it: unseen language: ruby"] is not None


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


def test_planted_length_leak_is_flagged() -> None:
    leaking = TrainingSet.of(only_people(300, 1, leak=True), processes=1)
    found = controls(leaking, only_people(300, 2, leak=True), CONFIG, no_log)
    assert found.problems[0].startswith("Control above its bound: length alone")
    assert (values(found)["AUROC, old: length"] or 0.0) > 0.6


def test_random_labels_are_not_flagged() -> None:
    config = replace(CONFIG, slice_functions=2000)
    clean = TrainingSet.of(only_people(1200, 1, leak=False), processes=1)
    found = controls(clean, only_people(1600, 2, leak=False), config, no_log)
    assert not [text for text in found.problems if "alone" in text]
    assert abs((values(found)["AUROC, old: length"] or 0.0) - 0.5) <= LENGTH_BOUND


def test_layout_invisible_to_model_has_no_bound(training: TrainingSet, held_out: list[Row]) -> None:
    found = controls(training, held_out, CONFIG, no_log)
    assert found.tables[0].rows[2][3:] == ("none", "for comparison")


def test_baselines_are_compared_on_same_functions(training: TrainingSet, held_out: list[Row]) -> None:
    found = baselines(training.rows, held_out, held_out[:10], CONFIG, no_log)
    assert [row[1] for row in found.tables[0].rows] == ["150"] * 3
    for name in ("word_bigrams", "character_ngrams", "stylometry"):
        assert (values(found)[f"AUROC, old: {name}"] or 0.0) > 0.8
