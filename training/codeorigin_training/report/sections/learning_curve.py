"""The learning curve: the word view trained on increasing numbers of repositories."""

from collections.abc import Sequence

import numpy as np

from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.baselines.word_view import TrainingSet
from codeorigin_training.report.cells import number
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.report.slices import era_slices
from codeorigin_training.run import Log

_ERAS = ("old", "modern")


def learning_curve(
    training: TrainingSet, held_out: Sequence[Row], config: EvaluateConfig, log: Log
) -> Section:
    """AUROC at every configured number of repositories below the total, and for all of them.

    Each seed draws one order of the repositories, and each size takes the first ones, so the sets are nested.
    """
    repositories = np.array([row.unit for row in training.rows])
    labels = np.array([row.label for row in training.rows])
    names = np.unique(repositories)
    orders = [
        np.random.default_rng([config.seed, place]).permutation(names)
        for place in range(config.learning_seeds)
    ]
    slices = [
        (subset.labels, training.matrix_of(subset.rows))
        for subset in era_slices(held_out, config.slice_functions, config.seed)
    ]
    rows: list[tuple[str, ...]] = []
    figures: list[Figure] = []
    points: dict[str, list[tuple[int, list[float]]]] = {era: [] for era in _ERAS}
    for size in [*(size for size in sorted(config.learning_sizes) if size < len(names)), len(names)]:
        functions: list[int] = []
        found: dict[str, list[float]] = {era: [] for era in _ERAS}
        # The set of all repositories does not depend on the order.
        for order in orders if size < len(names) else orders[:1]:
            keep = np.isin(repositories, order[:size])
            functions.append(int(keep.sum()))
            if len(np.unique(labels[keep])) == 2:
                model = training.fit(keep).model
                for era, (truth, matrix) in zip(_ERAS, slices, strict=True):
                    found[era].append(auroc(truth, model.logits(matrix)))
        count = round(float(np.mean(functions)))
        cells = (", ".join(number(value) for value in found[era]) for era in _ERAS)
        rows.append((str(size), f"{count:,}", *cells))
        for era in _ERAS:
            known = [value for value in found[era] if np.isfinite(value)]
            if known:
                points[era].append((size, known))
                figures.append(
                    Figure(
                        f"AUROC, {era}: {size} repositories", float(np.mean(known)), min(known), max(known)
                    )
                )
        log(f"learning curve: {size} repositories, {count} functions")
    series = (
        Series(
            f"{era} human code",
            tuple(float(size) for size, _ in points[era]),
            tuple(float(np.mean(values)) for _, values in points[era]),
            tuple(min(values) for _, values in points[era]),
            tuple(max(values) for _, values in points[era]),
        )
        for era in _ERAS
    )
    return Section(
        title="Learning curve by repositories",
        note=(
            "The word view alone, trained on nested random sets of repositories; one figure per seed, and in the chart "
            "their mean and range."
        ),
        tables=(
            TitledTable("", "", ("repositories", "functions", "AUROC, old", "AUROC, modern"), tuple(rows)),
        ),
        charts=(
            Chart(
                "",
                ChartKind.LINE,
                "training repositories",
                "AUROC, held out",
                tuple(series),
                logarithmic=True,
            ),
        ),
        figures=tuple(figures),
    )
