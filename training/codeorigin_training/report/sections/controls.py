"""Controls: models that must not work. If one does, the split or the labels leak, and no figure can be trusted."""

from collections.abc import Sequence

import numpy as np

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import balanced_weights
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.baselines.stylometry import boosted, figure_frame
from codeorigin_training.report.baselines.word_view import TrainingSet
from codeorigin_training.report.cells import interval, number
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.intervals import with_interval
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.report.slices import Slice, era_slices
from codeorigin_training.run import Log

LENGTH_BOUND = 0.10
"""Classes are matched in four length classes, so only differences in length within a class remain."""

LAYOUT_BOUND = 0.15
"""Nesting and blank lines are style, so they may tell a little; more would be due to the corpus, not the author."""

SHUFFLED_BOUND = 0.05
"""Allows for sampling error, because repositories differ and only a few dozen are measured."""

_SHUFFLED_FUNCTIONS = 12_000
_SHUFFLES = 5
"""One shuffle gives the model a random direction along which repositories differ, so the mean of several is used."""

_OF_FIGURES: tuple[tuple[str, str, float | None], ...] = (
    ("length", "length alone (lines, characters, words)", LENGTH_BOUND),
    ("layout", "layout alone, as the model reads it (levels, blank lines, line lengths)", LAYOUT_BOUND),
    ("raw_layout", "layout that normalisation takes out (trailing blanks, tabs, columns)", None),
)
"""Group of figures, title and maximum distance of the AUROC from 0.5; None where CodeOrigin does not read them."""


def controls(training: TrainingSet, held_out: Sequence[Row], config: EvaluateConfig, log: Log) -> Section:
    """Length alone, layout alone and shuffled labels, each on old and on modern human code.

    A control exceeds its bound if either AUROC differs from 0.5 by more than the bound.
    """
    slices = era_slices(held_out, config.slice_functions, config.seed)
    train_figures = figure_frame(training.rows)
    slice_figures = [figure_frame(subset.rows) for subset in slices]
    labels = np.array([row.label for row in training.rows], dtype=np.int64)
    weights = balanced_weights(training.rows)
    rows, figures, problems = [], [], []

    def control(name: str, title: str, bound: float | None, logits: Sequence[Sequence[Floats]]) -> None:
        """``logits`` holds the logits of one or more models for every slice; their AUROCs are averaged."""
        old, modern = (_mean_area(subset, raw, config) for subset, raw in zip(slices, logits, strict=True))
        exceeded = bound is not None and any(
            estimate.value is not None and abs(estimate.value - 0.5) > bound for estimate in (old, modern)
        )
        within = "for comparison" if bound is None else "**over the bound**" if exceeded else "within"
        allowed = "none" if bound is None else f"0.5 ± {bound:g}"
        rows.append((title, interval(old), interval(modern), allowed, within))
        figures.extend([Figure.of(f"AUROC, old: {name}", old), Figure.of(f"AUROC, modern: {name}", modern)])
        if exceeded:
            problems.append(
                f"Control above its bound: {title}: AUROC {number(old.value)} (old human code), "
                f"{number(modern.value)} (modern); allowed is {bound} from 0.5."
            )
        log(f"control {name}: AUROC {old.value} old, {modern.value} modern")

    for name, title, bound in _OF_FIGURES:
        trees = boosted(config.seed).fit(train_figures[name].to_numpy(), labels, sample_weight=weights)
        found = [[trees.decision_function(slice_figure[name].to_numpy())] for slice_figure in slice_figures]
        control(name, title, bound, found)
    title = f"the word view, trained on shuffled labels (mean of {_SHUFFLES} shuffles)"
    control("shuffled", title, SHUFFLED_BOUND, _shuffled(training, labels, slices, config.seed))
    return Section(
        title="Controls",
        note=(
            "Models that must not work. If one does, the split, the matching or the labels leak. There is no bound "
            "for layout that the shipped model cannot see; it shows why text is normalised."
        ),
        tables=(TitledTable("", "", ("control", "AUROC, old", "AUROC, modern", "bound", ""), tuple(rows)),),
        figures=tuple(figures),
        problems=tuple(problems),
    )


def _mean_area(subset: Slice, logits: Sequence[Floats], config: EvaluateConfig) -> Estimate:
    labels = subset.labels
    return with_interval(
        subset.groups,
        lambda index: float(np.mean([auroc(labels[index], raw[index]) for raw in logits])),
        config,
    )


def _shuffled(
    training: TrainingSet, labels: Integers, slices: Sequence[Slice], seed: int
) -> list[list[Floats]]:
    """For every slice, the logits of the models of all shuffles."""
    generator = np.random.default_rng(seed)
    models = []
    for _ in range(_SHUFFLES):
        keep = np.zeros(len(labels), dtype=bool)
        keep[generator.permutation(len(labels))[:_SHUFFLED_FUNCTIONS]] = True
        models.append(training.fit(keep, generator.permutation(labels)))
    return [[model.logits(subset.rows) for model in models] for subset in slices]
