"""Baselines trained on the same repositories and measured on the same functions as the bundle."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import balanced_weights
from codeorigin_training.metrics.figures import Figures, Sample, measure
from codeorigin_training.metrics.slices import Slice, era_slices
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.baselines.stylometry import boosted, figure_matrix
from codeorigin_training.report.baselines.textbook import BASELINES, baseline_logits, fit_baseline
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.contents import BaselineFigures
from codeorigin_training.run import Log

Score = Callable[[Sequence[Row]], Floats]

TITLES: Mapping[str, str] = {
    "word_bigrams": "word bigrams + logistic regression",
    "character_ngrams": "character 2- to 5-grams + logistic regression",
    "stylometry": "stylometric figures + gradient boosting",
}


def baselines(
    train: Sequence[Row],
    held_out: Sequence[Row],
    pairs: Sequence[Row],
    config: EvaluateConfig,
    log: Log,
) -> tuple[BaselineFigures, ...]:
    """Each baseline, trained on at most ``config.baseline_functions`` of ``train``."""
    generator = np.random.default_rng(config.seed)
    drawn = np.sort(generator.permutation(len(train))[: config.baseline_functions])
    rows = [train[number] for number in drawn]
    slices = era_slices(held_out, config.slice_functions, config.seed)
    found: list[BaselineFigures] = []
    for name, title in TITLES.items():
        score = _trained(name, rows, config.seed)
        found.append(_measured(name, title, len(rows), score, slices, pairs, config))
        log(f"baseline {name}: AUROC {found[-1].old.auroc.value} old, {found[-1].modern.auroc.value} modern")
    return tuple(found)


def _trained(name: str, rows: Sequence[Row], seed: int) -> Score:
    weights = balanced_weights(rows)
    if name == "stylometry":
        labels = [row.label for row in rows]
        trees = boosted(seed).fit(figure_matrix(rows), labels, sample_weight=weights)

        def boosted_logits(others: Sequence[Row]) -> Floats:
            logits: Floats = trees.decision_function(figure_matrix(others))
            return logits

        return boosted_logits
    pipeline = fit_baseline(BASELINES[name](), rows, weights)
    return lambda others: baseline_logits(pipeline, others)


def _measured(
    name: str,
    title: str,
    functions: int,
    score: Score,
    slices: Sequence[Slice],
    pairs: Sequence[Row],
    config: EvaluateConfig,
) -> BaselineFigures:
    old, modern = (_figures(each, score(each.rows), config) for each in slices)
    value = float("nan")
    if pairs:
        value = auroc(np.array([row.label for row in pairs], dtype=np.int64), score(pairs))
    return BaselineFigures(name, title, functions, old, modern, float(value) if np.isfinite(value) else None)


def _figures(each: Slice, logits: Floats, config: EvaluateConfig) -> Figures:
    sample = Sample(each.labels, each.groups, logits, None)
    return measure(sample, rounds=config.rounds, seed=config.seed)
