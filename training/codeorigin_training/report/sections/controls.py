"""Controls: models that must not work. If one does, the split or the labels leak, and no figure can be trusted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.ensemble import HistGradientBoostingClassifier

from codeorigin.model.ngrams.hashed_views import View, ViewKind
from codeorigin.model.reading.normalize import LEVEL_MARK, normalize
from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import balanced_weights
from codeorigin_training.metrics.figures import Estimate
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.ngrams.features import view_matrices
from codeorigin_training.ngrams.linear import LinearModel, fit_linear
from codeorigin_training.report.cells import interval, number
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.intervals import with_interval
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.report.slices import Slice, era_slices
from codeorigin_training.run import Log

_WORDS = View(ViewKind.WORDS, 1, 2, 1 << 20)
_STRENGTH = 12.0


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Functions with their word n-grams, CSR ``(len(rows), width)``, on which the shuffled controls are trained."""

    rows: list[Row]
    matrix: csr_matrix
    processes: int

    @classmethod
    def of(cls, rows: Sequence[Row], *, processes: int) -> "TrainingSet":
        """Extract the n-grams of ``rows``."""
        return cls(list(rows), view_matrices(rows, [_WORDS], processes=processes)[0], processes)

    def matrix_of(self, rows: Sequence[Row]) -> csr_matrix:
        """The n-grams of other rows, CSR ``(len(rows), width)``."""
        return view_matrices(rows, [_WORDS], processes=self.processes)[0]

    def fit(self, chosen: Integers, labels: Integers) -> LinearModel:
        """Train on the rows at ``chosen`` with ``labels``, both ``(k,)``, balanced like those of the shipped model."""
        weights = balanced_weights([self.rows[number] for number in chosen])
        return fit_linear(self.matrix[chosen], labels, weights, _STRENGTH)


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


_OF_FIGURES: tuple[tuple[str, str, float, Callable[[Row], list[float]]], ...] = (
    ("length", "length alone (lines, characters, words)", LENGTH_BOUND, length_figures),
    ("layout", "layout alone (levels, blank lines, line lengths)", LAYOUT_BOUND, layout_figures),
)
"""Name, title, maximum distance of the AUROC from 0.5, and the figures that the control reads."""


def controls(training: TrainingSet, held_out: Sequence[Row], config: EvaluateConfig, log: Log) -> Section:
    """Length alone, layout alone and shuffled labels, each on old and on modern human code.

    A control exceeds its bound if either AUROC differs from 0.5 by more than the bound.
    """
    slices = era_slices(held_out, config.slice_functions, config.seed)
    labels = np.array([row.label for row in training.rows], dtype=np.int64)
    weights = balanced_weights(training.rows)
    rows, figures, problems = [], [], []

    def control(name: str, title: str, bound: float, logits: Sequence[Sequence[Floats]]) -> None:
        """``logits`` holds the logits of one or more models for every slice; their AUROCs are averaged."""
        old, modern = (_mean_area(subset, raw, config) for subset, raw in zip(slices, logits, strict=True))
        exceeded = any(
            estimate.value is not None and abs(estimate.value - 0.5) > bound for estimate in (old, modern)
        )
        within = "**over the bound**" if exceeded else "within"
        rows.append((title, interval(old), interval(modern), f"0.5 ± {bound:g}", within))
        figures.extend([Figure.of(f"AUROC, old: {name}", old), Figure.of(f"AUROC, modern: {name}", modern)])
        if exceeded:
            problems.append(
                f"Control above its bound: {title}: AUROC {number(old.value)} (old human code), "
                f"{number(modern.value)} (modern); allowed is {bound} from 0.5."
            )
        log(f"control {name}: AUROC {old.value} old, {modern.value} modern")

    for name, title, bound, figures_of in _OF_FIGURES:
        trees = HistGradientBoostingClassifier(max_iter=200, learning_rate=0.08, random_state=config.seed)
        trees.fit(np.array([figures_of(row) for row in training.rows]), labels, sample_weight=weights)
        found = [
            [trees.decision_function(np.array([figures_of(row) for row in subset.rows]))] for subset in slices
        ]
        control(name, title, bound, found)
    title = f"the word view, trained on shuffled labels (mean of {_SHUFFLES} shuffles)"
    control("shuffled", title, SHUFFLED_BOUND, _shuffled(training, labels, slices, config.seed))
    return Section(
        title="Controls",
        note=("Models that must not work. If one does, the split, the matching or the labels leak."),
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
        chosen = np.sort(generator.permutation(len(labels))[:_SHUFFLED_FUNCTIONS])
        models.append(training.fit(chosen, generator.permutation(labels)[chosen]))
    matrices = [training.matrix_of(subset.rows) for subset in slices]
    return [[model.logits(matrix) for model in models] for matrix in matrices]
