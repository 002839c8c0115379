"""Controls: models that must not work. If one does, the split or the labels leak, and no figure can be trusted."""

from collections.abc import Sequence

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from codeorigin.model.ngrams.hashed_views import View, ViewKind
from codeorigin.model.reading.normalize import LEVEL_MARK, normalize
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.rows import Row, labels_of
from codeorigin_training.data.weights import balanced_weights
from codeorigin_training.matrices import view_matrices
from codeorigin_training.metrics.estimates import estimate
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.metrics.table import Figure
from codeorigin_training.report.cells import interval, pivot
from codeorigin_training.report.comments import Slice, era_slices
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.section import Section
from codeorigin_training.run import Log
from codeorigin_training.wide import fit_linear

_WORDS = View(ViewKind.WORDS, 1, 2, 1 << 20)
_STRENGTH = 12.0


LENGTH_BOUND = 0.10
"""Classes are matched in four length classes, so only differences in length within a class remain."""

LAYOUT_BOUND = 0.15
"""Nesting and blank lines are style, so they may tell a little; more would be due to the corpus, not the author."""

SHUFFLED_BOUND = 0.05
"""Allows for sampling error, because repositories differ and only a few dozen are measured."""

_SHUFFLED_FUNCTIONS = 12_000
_SHUFFLES = 5
"""One shuffle gives the model a random direction along which repositories differ, so the mean of several is used."""


def length_figures(row: Row) -> list[float]:
    """Lines, characters and words of the text as the model reads it."""
    text = normalize(row.code, row.language).text
    return [text.count("\n") + 1, len(text), len(text.split())]


def layout_figures(row: Row) -> list[float]:
    """Share of blank lines; mean, maximum and deviation of levels and of line lengths, as the model reads them."""
    lines = normalize(row.code, row.language).text.split("\n")
    filled = [line for line in lines if line] or [""]
    lengths = np.array([len(line.lstrip(LEVEL_MARK)) for line in filled])
    levels = np.array([len(line) for line in filled]) - lengths
    spread = [found for values in (levels, lengths) for found in (values.mean(), values.max(), values.std())]
    return [1 - len(filled) / len(lines), *map(float, spread)]


_BOUNDS = {
    "length alone (lines, characters, words)": LENGTH_BOUND,
    "layout alone (levels, blank lines, line lengths)": LAYOUT_BOUND,
    f"the word view, trained on shuffled labels (mean of {_SHUFFLES} shuffles)": SHUFFLED_BOUND,
}
"""The maximum distance of each control's AUROC from 0.5."""


def controls(training: Sequence[Row], held_out: Sequence[Row], config: EvaluateConfig, log: Log) -> Section:
    """Length alone, layout alone and shuffled labels, trained on ``training``, on old and on modern human code.

    A control exceeds its bound if either AUROC differs from 0.5 by more than the bound.
    """
    slices = era_slices(held_out, config.control_functions, config.seed)
    labels, weights = labels_of(training), balanced_weights(training)
    length, layout, shuffled = _BOUNDS
    figures: list[Figure] = []
    for name, figures_of in ((length, length_figures), (layout, layout_figures)):
        trees = HistGradientBoostingClassifier(max_iter=200, learning_rate=0.08, random_state=config.seed)
        trees.fit(np.array([figures_of(row) for row in training]), labels, sample_weight=weights)
        for subset in slices:
            logits = trees.decision_function(np.array([figures_of(row) for row in subset.rows]))
            figures.append(_control(name, subset, [logits], config))
    models = _shuffled(training, labels, config)
    for subset in slices:
        (matrix,) = view_matrices(subset.rows, [_WORDS], processes=config.processes)
        logits = [matrix @ weights for weights in models]
        figures.append(_control(shuffled, subset, logits, config))
    for figure in figures:
        log(f"control {figure.population}: AUROC {figure.value} {figure.context}")
    return Section(
        title="Controls",
        note="Models that must not work. If one does, the split, the matching or the labels leak.",
        tables=(
            pivot(
                figures,
                corner="control",
                rows=lambda figure: f"{figure.population}: 0.5 ± {_BOUNDS[figure.population]:g}",
                columns=lambda figure: figure.context,
            ),
        ),
        figures=tuple(figures),
        problems=tuple(
            f"Control above its bound: {figure.population}: AUROC {interval(figure)}, {figure.context}; allowed is "
            f"{_BOUNDS[figure.population]:g} from 0.5."
            for figure in figures
            if figure.value is not None and abs(figure.value - 0.5) > _BOUNDS[figure.population]
        ),
    )


def _control(name: str, subset: Slice, logits: Sequence[Floats], config: EvaluateConfig) -> Figure:
    """The mean AUROC of the ``logits`` ``(n,)`` of one or more models."""
    labels = subset.labels
    found = estimate(
        subset.groups,
        lambda index: float(np.mean([auroc(labels[index], raw[index]) for raw in logits])),
        config,
    )
    return found.named(name, subset.population, "AUROC")


def _shuffled(rows: Sequence[Row], labels: Integers, config: EvaluateConfig) -> list[Floats]:
    """The weights of the models of all shuffles, each trained on rows that are balanced like the shipped model's."""
    generator = np.random.default_rng(config.seed)
    (matrix,) = view_matrices(rows, [_WORDS], processes=config.processes)
    models = []
    for _ in range(_SHUFFLES):
        chosen = np.sort(generator.permutation(len(labels))[:_SHUFFLED_FUNCTIONS])
        weights = balanced_weights([rows[number] for number in chosen])
        models.append(fit_linear(matrix[chosen], generator.permutation(labels)[chosen], weights, _STRENGTH))
    return models
