"""Transfer to unseen languages: a linear model retrained without each.

The shipped model has seen them all, so these rows are not about it; they show how well models of its kind transfer.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from codeorigin_training.data.augmentation import Augmentation
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.report.baselines.word_view import TrainingSet
from codeorigin_training.report.cells import COLUMNS, figure_cells, number
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.report.sections.matrix import (
    MatrixRow,
    matrix_figures,
    matrix_rows,
    perturbed_tables,
    without_thresholds,
)
from codeorigin_training.report.slices import matched
from codeorigin_training.run import Log

_FEWEST = 100


def transfer(
    training: TrainingSet,
    held_out: Sequence[Row],
    config: EvaluateConfig,
    augmentations: Mapping[str, Augmentation],
    log: Log,
) -> Section:
    """A row for every language of ``config`` with enough code."""
    whole = training.fit(np.ones(len(training.rows), dtype=bool))
    rows: list[MatrixRow] = []
    table: list[tuple[str, ...]] = []
    figures: list[Figure] = []
    languages = np.array([row.language for row in training.rows])
    for language in config.languages:
        twin = matched(
            f"unseen language: {language}",
            f"unseen language: {language} (a word model retrained without it)",
            [row for row in held_out if row.language == language],
            config.slice_functions,
            config.seed,
        )
        keep = languages != language
        kept_labels = {training.rows[place].label for place in np.flatnonzero(keep)}
        if len(twin.items) < min(_FEWEST, config.slice_functions) or len(kept_labels) < 2:
            log(f"unseen language {language}: too little code, left out")
            continue
        rows += matrix_rows([twin], training.fit(keep), without_thresholds(), config, augmentations, log)
        with_it = auroc(twin.labels, whole.logits(twin.rows))
        cells = figure_cells(rows[-1].raw)
        table.append((twin.title, number(with_it), *cells[:3], *cells[6:]))
        figures.append(Figure(f"AUROC of the model trained with it: {twin.name}", with_it))
    return Section(
        title="Unseen languages",
        note=(
            "This is not the shipped model, which has seen them all, but a linear model over words. It was trained "
            "for this report without the language, and is measured on it. “With” is the same model "
            "trained with it, on the same functions. It has no thresholds."
        ),
        tables=(
            TitledTable("", "", ("left out", "AUROC with", *COLUMNS[:3], *COLUMNS[6:]), tuple(table)),
            *perturbed_tables(rows),
        ),
        figures=(*matrix_figures(rows), *figures),
    )
