"""The bundle at its shipped thresholds on held-out repositories: rates, curves, and figures by property."""

from collections.abc import Callable, Sequence

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.weights import LENGTH_EDGES
from codeorigin_training.evaluate.config import EvaluateConfig
from codeorigin_training.evaluate.report import (
    Breakdown,
    HeldOut,
    ReliabilityBin,
    RocCurve,
)
from codeorigin_training.measure.data import agent_family, unit_numbers
from codeorigin_training.measure.detector import Detector
from codeorigin_training.measure.figures import (
    Sample,
    estimate,
    group_weights,
    measure,
    weighted_mean,
)
from codeorigin_training.measure.metrics import tpr_at_fpr
from codeorigin_training.measure.slices import matched_draw

_CURVE_RATES = (0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 0.85, 1.0)
_BINS = 10
_FEWEST = 40


def measure_held_out(rows: Sequence[Row], detector: Detector, config: EvaluateConfig) -> HeldOut:
    """Figures of at most ``config.held_out_functions`` of the held-out ``rows``, drawn as they come.

    The rates are over all functions, repositories weighing alike, which is what calibration promises; all else is
    on samples with the classes matched within language x test x length.
    """
    generator = np.random.default_rng(config.seed)
    chosen = np.sort(generator.permutation(len(rows))[: config.held_out_functions])
    rows = [rows[int(number)] for number in chosen]
    logits = detector.logits(rows)
    answers = detector.answers(rows, logits)
    labels = np.array([row.label for row in rows], dtype=np.int64)
    modern = np.array([row.modern for row in rows])
    groups = unit_numbers(rows)
    human, llm = labels == 0, labels == 1
    rates = (
        (human & ~modern, answers.llm),
        (human & modern, answers.llm),
        (llm, answers.llm),
        (llm, answers.human),
        (human, answers.human),
        (np.ones(len(rows), dtype=bool), ~answers.llm & ~answers.human),
    )
    weights = [group_weights(groups, keep) for keep, _ in rates]

    def statistics(index: Integers) -> Floats:
        return np.array(
            [weighted_mean(hit[index], own[index]) for (_, hit), own in zip(rates, weights, strict=True)]
        )

    old, modern_rate, found, llm_human, human_human, unsure = estimate(
        groups, statistics, rounds=config.rounds, seed=config.seed
    )
    whole = Sample(labels, groups, logits, answers)
    both = matched_draw(rows, len(rows), config.seed)
    return HeldOut(
        old_rate=old,
        modern_rate=modern_rate,
        found=found,
        llm_called_human=llm_human,
        human_called_human=human_human,
        unsure=unsure,
        promised_rate=detector.bundle.calibration.alone.false_positive_rate,
        functions=len(rows),
        units=len(np.unique(groups)),
        curves=(
            _curve("human code before mid-2021", rows, whole, llm | ~modern, config.seed),
            _curve("human code of 2021-07 to 2022-11", rows, whole, llm | modern, config.seed),
        ),
        reliability=_reliability(labels[both], answers.probability[both]),
        breakdowns=tuple(_breakdowns(rows, whole, config)),
    )


def _curve(title: str, rows: Sequence[Row], whole: Sample, keep: Booleans, seed: int) -> RocCurve:
    sample = whole.take(_matched(rows, keep, seed))
    found = [tpr_at_fpr(sample.labels, sample.logits, rate) for rate in _CURVE_RATES]
    pairs = [(rate, value) for rate, value in zip(_CURVE_RATES, found, strict=True) if np.isfinite(value)]
    return RocCurve(title, tuple(rate for rate, _ in pairs), tuple(value for _, value in pairs))


def _reliability(labels: Integers, probabilities: Floats) -> tuple[ReliabilityBin, ...]:
    index = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    return tuple(
        ReliabilityBin(
            probability=float(probabilities[index == number].mean()),
            share=float(labels[index == number].mean()),
            functions=int((index == number).sum()),
        )
        for number in np.unique(index)
    )


def _breakdowns(rows: Sequence[Row], whole: Sample, config: EvaluateConfig) -> list[Breakdown]:
    """By language, length and test code: both classes of the value. By agent: its code against all human code."""
    properties: dict[str, Callable[[Row], str]] = {
        "language": lambda row: row.language,
        "length": lambda row: length_class(row.lines),
        "code": lambda row: "tests" if row.is_test else "other code",
    }
    masks: list[tuple[str, str, Booleans]] = []
    for name, value_of in properties.items():
        values = np.array([value_of(row) for row in rows])
        order = sorted(
            set(values), key=lambda value: (int(value.split()[0]) if value[0].isdigit() else 0, value)
        )
        masks += [(name, str(value), values == value) for value in order]
    agents = np.array([agent_family(row.agent) if row.label else "" for row in rows])
    masks += [
        ("agent", str(agent), (whole.labels == 0) | (agents == agent)) for agent in np.unique(agents) if agent
    ]
    found: list[Breakdown] = []
    for name, value, keep in masks:
        chosen = _matched(rows, keep, config.seed)[: config.slice_functions]
        if len(chosen) >= _FEWEST:
            figures = measure(whole.take(chosen), rounds=config.rounds, seed=config.seed)
            found.append(Breakdown(name, value, figures))
    return found


def length_class(lines: int) -> str:
    """The length class for which classes are matched, such as ``9 to 15 lines``."""
    starts = (1, *LENGTH_EDGES)
    number = int(np.digitize(lines, LENGTH_EDGES))
    if number == len(LENGTH_EDGES):
        return f"{starts[-1]} lines or more"
    return f"{starts[number]} to {starts[number + 1] - 1} lines"


def _matched(rows: Sequence[Row], keep: Booleans, seed: int) -> Integers:
    inside = np.flatnonzero(keep)
    chosen = matched_draw([rows[int(number)] for number in inside], len(inside), seed)
    return inside[chosen]
