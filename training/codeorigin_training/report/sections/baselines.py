"""Baselines trained on the same repositories and measured on the same functions as the bundle."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from codeorigin_training.arrays import Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import balanced_weights
from codeorigin_training.metrics.figures import Sample, measure
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.baselines.stylometry import boosted, figure_frame
from codeorigin_training.report.baselines.textbook import BASELINES, baseline_logits, fit_baseline
from codeorigin_training.report.cells import interval, number, percent_interval
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.report.slices import era_slices
from codeorigin_training.run import Log

Score = Callable[[Sequence[Row]], Floats]

TITLES: Mapping[str, str] = {
    "word_bigrams": "word bigrams + logistic regression",
    "character_ngrams": "character 2- to 5-grams + logistic regression",
    "stylometry": "stylometric figures + gradient boosting",
}


def baselines(
    train: Sequence[Row], held_out: Sequence[Row], pairs: Sequence[Row], config: EvaluateConfig, log: Log
) -> Section:
    """Each baseline, trained on at most ``config.baseline_functions`` of ``train``."""
    generator = np.random.default_rng(config.seed)
    drawn = np.sort(generator.permutation(len(train))[: config.baseline_functions])
    rows = [train[place] for place in drawn]
    slices = era_slices(held_out, config.slice_functions, config.seed)
    table, figures = [], []
    for name, title in TITLES.items():
        score = _trained(name, rows, config.seed)
        old, modern = (
            measure(
                Sample(subset.labels, subset.groups, score(subset.rows), None),
                rounds=config.rounds,
                seed=config.seed,
            )
            for subset in slices
        )
        on_pairs = (
            auroc(np.array([row.label for row in pairs], dtype=np.int64), score(pairs)) if pairs else None
        )
        eras = [
            cell
            for figure in (old, modern)
            for cell in (interval(figure.auroc), percent_interval(figure.tpr_at_1))
        ]
        table.append((title, f"{len(rows):,}", *eras, number(on_pairs)))
        figures += [
            Figure.of(f"AUROC, old: {name}", old.auroc),
            Figure.of(f"AUROC, modern: {name}", modern.auroc),
        ]
        log(f"baseline {name}: AUROC {old.auroc.value} old, {modern.auroc.value} modern")
    return Section(
        title="Baselines on a sample",
        note=(
            "Trained on that many functions of the same training repositories, with the same balancing of classes but "
            "without pairs, and measured on a sample of the held-out functions. The baselines in the first table were "
            "trained on the same data as the shipped model."
        ),
        tables=(
            TitledTable(
                "",
                "",
                (
                    "model",
                    "trained on",
                    "AUROC, old",
                    "found at 1 % FP, old",
                    "AUROC, modern",
                    "found at 1 % FP, modern",
                    "AUROC, all pairs",
                ),
                tuple(table),
            ),
        ),
        figures=tuple(figures),
    )


def _trained(name: str, rows: Sequence[Row], seed: int) -> Score:
    weights = balanced_weights(rows)
    if name == "stylometry":
        labels = [row.label for row in rows]
        trees = boosted(seed).fit(figure_frame(rows).to_numpy(), labels, sample_weight=weights)

        def boosted_logits(others: Sequence[Row]) -> Floats:
            logits: Floats = trees.decision_function(figure_frame(others).to_numpy())
            return logits

        return boosted_logits
    pipeline = fit_baseline(BASELINES[name](), rows, weights)
    return lambda others: baseline_logits(pipeline, others)
