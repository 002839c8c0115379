"""Transfer to unseen agents and languages: a linear model retrained without each.

The shipped model has seen them all, so these rows are not about it; they show how well models of its kind transfer.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from codeorigin_training.arrays import Booleans
from codeorigin_training.data.augmentation import Augmentation
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.data import agent_family
from codeorigin_training.metrics.slices import matched
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
from codeorigin_training.run import Log

_FEWEST = 100


def transfer(
    training: TrainingSet,
    held_out: Sequence[Row],
    config: EvaluateConfig,
    augmentations: Mapping[str, Augmentation],
    log: Log,
) -> Section:
    """A row for every agent and language of ``config`` with enough code."""
    whole = training.fit(np.ones(len(training.rows), dtype=bool))
    rows: list[MatrixRow] = []
    table: list[tuple[str, ...]] = []
    figures: list[Figure] = []
    for kind, values in (("agent", config.agents), ("language", config.languages)):
        for value in values:
            prepared = _without_agent if kind == "agent" else _without_language
            keep, candidates = prepared(value, training, held_out)
            each = matched(
                f"unseen {kind}: {value}",
                f"unseen {kind}: {value} (a word model retrained without it)",
                candidates,
                config.slice_functions,
                config.seed,
            )
            kept_labels = {training.rows[place].label for place in np.flatnonzero(keep)}
            if len(each.items) < min(_FEWEST, config.slice_functions) or len(kept_labels) < 2:
                log(f"unseen {kind} {value}: too little code, left out")
                continue
            rows += matrix_rows([each], training.fit(keep), without_thresholds(), config, augmentations, log)
            with_it = auroc(each.labels, whole.logits(each.rows))
            cells = figure_cells(rows[-1].raw)
            table.append((each.title, number(with_it), *cells[:3], *cells[6:]))
            figures.append(Figure(f"AUROC of the model trained with it: {each.name}", with_it))
    return Section(
        title="Unseen agents and languages",
        note=(
            "This is not the shipped model, which has seen them all, but a linear model over words. It was trained "
            "for this report without the agent or the language, and is measured on it. “With” is the same model "
            "trained with it, on the same functions. It has no thresholds."
        ),
        tables=(
            TitledTable("", "", ("left out", "AUROC with", *COLUMNS[:3], *COLUMNS[6:]), tuple(table)),
            *perturbed_tables(rows),
        ),
        figures=(*matrix_figures(rows), *figures),
    )


def _without_agent(agent: str, training: TrainingSet, held_out: Sequence[Row]) -> tuple[Booleans, list[Row]]:
    """Which rows to train on, and the rows to measure on: the agent's code against human code.

    If held-out repositories have too little of the agent's code, the training repositories with its code are removed
    from training completely, and measured on too.
    """
    own = np.array([bool(row.label) and agent_family(row.agent) == agent for row in training.rows])
    candidates = [row for row in held_out if not row.label or agent_family(row.agent) == agent]
    if sum(row.label for row in candidates) >= _FEWEST // 2:
        return ~own, candidates
    units = {row.unit for row, drop in zip(training.rows, own, strict=True) if drop}
    inside = np.array([row.unit in units for row in training.rows])
    moved = [
        row
        for row, here, its in zip(training.rows, inside, own, strict=True)
        if here and (its or not row.label)
    ]
    return ~inside, candidates + moved


def _without_language(
    language: str, training: TrainingSet, held_out: Sequence[Row]
) -> tuple[Booleans, list[Row]]:
    keep = np.array([row.language != language for row in training.rows])
    return keep, [row for row in held_out if row.language == language]
