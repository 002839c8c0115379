"""Controls: models that must not work."""

import random
from dataclasses import replace

from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.table import AGENTS, OLD
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.controls import LENGTH_BOUND, TrainingSet, controls
from codeorigin_training.report.section import Section
from support.corpus_maker import human_function

CONFIG = EvaluateConfig(slice_functions=300, rounds=20, processes=1)


def no_log(_line: str) -> None:
    pass


def of_length(found: Section) -> float:
    (value,) = (
        figure.value
        for figure in found.figures
        if figure.population.startswith("length") and figure.context == f"{AGENTS} against {OLD}"
    )
    assert value is not None
    return value


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
    assert of_length(found) > 0.6


def test_random_labels_are_not_flagged() -> None:
    config = replace(CONFIG, slice_functions=2000)
    clean = TrainingSet.of(only_people(1200, 1, leak=False), processes=1)
    found = controls(clean, only_people(1600, 2, leak=False), config, no_log)
    assert not [text for text in found.problems if "alone" in text]
    assert abs(of_length(found) - 0.5) <= LENGTH_BOUND
