"""The learning curve: the word view trained on increasing numbers of repositories."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from codeorigin_training.arrays import Booleans, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.slices import era_slices
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.baselines.word_view import TrainingSet
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.contents import LearningPoint
from codeorigin_training.run import Log


def learning_curve(
    training: TrainingSet, held_out: Sequence[Row], config: EvaluateConfig, log: Log
) -> tuple[LearningPoint, ...]:
    """Points for every configured number of repositories below the total, and for all of them.

    Each seed draws one order of the repositories, and each size takes the first ones, so the sets are nested.
    """
    repositories = np.array([row.unit for row in training.rows])
    names = np.unique(repositories)
    orders = [
        np.random.default_rng([config.seed, number]).permutation(names)
        for number in range(config.learning_seeds)
    ]
    slices = [
        (each.labels, training.matrix_of(each.rows))
        for each in era_slices(held_out, config.slice_functions, config.seed)
    ]
    points: list[LearningPoint] = []
    for size in [*(size for size in sorted(config.learning_sizes) if size < len(names)), len(names)]:
        # The set of all repositories does not depend on the order.
        drawn = orders if size < len(names) else orders[:1]
        figures = [_figures(training, np.isin(repositories, order[:size]), slices) for order in drawn]
        points.append(
            LearningPoint(
                repositories=size,
                functions=round(float(np.mean([functions for functions, _ in figures]))),
                old=tuple(values[0] for _, values in figures),
                modern=tuple(values[1] for _, values in figures),
            )
        )
        log(f"learning curve: {size} repositories, {points[-1].functions} functions")
    return tuple(points)


def _figures(
    training: TrainingSet,
    keep: Booleans,
    slices: Sequence[tuple[Integers, sparse.csr_matrix]],
) -> tuple[int, list[float | None]]:
    """The number of functions trained on, and the AUROC for every slice of labels and n-grams."""
    if len({training.rows[number].label for number in np.flatnonzero(keep)}) < 2:
        return int(keep.sum()), [None for _ in slices]
    model = training.fit(keep)
    values = [auroc(labels, model.model.logits(matrix)) for labels, matrix in slices]
    return model.functions, [value if np.isfinite(value) else None for value in values]
