"""The matrix: one model on every kind of code, raw and under every perturbation."""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np

from codeorigin_training.arrays import Floats
from codeorigin_training.data.augmentation import Augmentation
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.data import with_code
from codeorigin_training.metrics.detector import LogitModel
from codeorigin_training.metrics.figures import (
    Estimate,
    Figures,
    Sample,
    auroc_statistic,
    measure,
)
from codeorigin_training.metrics.statistics import pairs_in_order
from codeorigin_training.report.cells import COLUMNS, figure_cells, interval, percent_interval
from codeorigin_training.report.charts import Chart, ChartKind, Series
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.intervals import with_interval
from codeorigin_training.report.section import Figure, Section, TitledTable
from codeorigin_training.report.slices import Slice
from codeorigin_training.run import Log

Text = tuple[str, str]
"""Code and its model language."""

_PERTURBED: Mapping[str, str] = {
    "reindented": "re-indented",
    "comments_removed": "comments removed",
}
_SHORT: Mapping[str, str] = {
    "seen": "seen repositories",
    "old": "held out, human before mid-2021",
    "modern": "held out, human 2021-07 to 2022-11",
    "inside": "inside one repository",
    "pairs": "same-task pairs, corpus",
    "written_pairs": "same-task pairs, written",
    "files_old": "files, human before mid-2021",
    "files_modern": "files, human 2021-07 to 2022-11",
    "snippets": "snippets, all generators",
}
"""Rows of the matrix, short enough for a chart."""

_OF_MANIFEST = ("old", "modern", "inside", "pairs", "written_pairs", "files_old", "files_modern")
"""Rows that the manifest has figures for, of all held-out functions. Here only their losses count."""


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """How logits become answers.

    ``pool`` combines the logits ``(n,)`` of a file's functions into one; ``answer`` applies frozen thresholds to
    logits ``(n,)`` of items, or returns None if there are no thresholds.
    """

    pool: Callable[[Sequence[Row], Floats], float]
    answer: Callable[[Slice, Floats], Answers | None]


def without_thresholds() -> AnswerRule:
    """The rule for an uncalibrated model: no answers, and a file's logit is the mean."""
    return AnswerRule(lambda _rows, logits: float(logits.mean()), lambda _slice, _logits: None)


@dataclass(frozen=True, slots=True)
class PerturbedFigures:
    """A row of the matrix under one perturbation.

    ``loss`` is the AUROC on the raw text of the same functions minus this one.
    """

    perturbation: str
    loss: Estimate


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """One kind of code; ``in_order`` is the share of pairs whose LLM-written side scores higher."""

    name: str
    title: str
    raw: Figures
    perturbed: tuple[PerturbedFigures, ...] = ()
    in_order: Estimate | None = None


def matrix_section(rows: Sequence[MatrixRow]) -> Section:
    """The figures of ``rows`` on raw text, and what they lose."""
    places = range(len(rows))
    losses = [{figures.perturbation: figures.loss.value for figures in row.perturbed} for row in rows]
    series = []
    for name in _perturbations(rows):
        known = [
            (loss[name], place)
            for place, loss in zip(places, losses, strict=True)
            if loss.get(name) is not None
        ]
        series.append(
            Series(
                _PERTURBED.get(name, name),
                tuple(value for value, _ in known if value is not None),
                tuple(float(place) for _, place in known),
            )
        )
    return Section(
        title="Other kinds of code",
        note=(
            "The bundle as shipped, on raw text. Repositories seen in training show what a random split would suggest. "
            "Files are pooled by the bundle's rule for files."
        ),
        tables=(
            TitledTable(
                "",
                "",
                ("kind of code", *COLUMNS),
                tuple(
                    (row.title + _in_order_text(row), *figure_cells(row.raw))
                    for row in rows
                    if row.name not in _OF_MANIFEST
                ),
            ),
            *perturbed_tables(rows),
        ),
        charts=(
            Chart(
                "AUROC lost under perturbations",
                ChartKind.ROWS,
                "AUROC lost",
                "",
                tuple(series),
                tuple(_SHORT.get(row.name, row.name) for row in rows),
            ),
        ),
        figures=matrix_figures(rows),
    )


def matrix_figures(rows: Sequence[MatrixRow]) -> tuple[Figure, ...]:
    """AUROC of each row, and what it loses."""
    return (
        *(Figure.of(f"AUROC: {row.name}", row.raw.auroc) for row in rows),
        *(
            Figure.of(f"AUROC lost, {figures.perturbation}: {row.name}", figures.loss)
            for row in rows
            for figures in row.perturbed
        ),
    )


def perturbed_tables(rows: Sequence[MatrixRow]) -> tuple[TitledTable, ...]:
    """What each kind of code loses under every perturbation."""
    names = _perturbations(rows)
    if not names:
        return ()
    losses = [{figures.perturbation: interval(figures.loss) for figures in row.perturbed} for row in rows]
    return (
        TitledTable(
            "Under perturbations",
            "The same change is applied to both classes. The loss is the AUROC of raw minus perturbed functions, so "
            "positive values mean that something was lost.",
            ("AUROC lost", *(_PERTURBED.get(name, name) for name in names)),
            tuple(
                (row.title, *(lost.get(name, "-") for name in names))
                for row, lost in zip(rows, losses, strict=True)
            ),
        ),
    )


def matrix_rows(
    slices: Sequence[Slice],
    model: LogitModel,
    judge: AnswerRule,
    config: EvaluateConfig,
    augmentations: Mapping[str, Augmentation],
    log: Log,
) -> list[MatrixRow]:
    """A row for every slice.

    The loss under a perturbation is measured on the same functions, raw and perturbed, which are the first ones of the
    slice's sample.
    """
    raw = _logits_of_all([row for subset in slices for item in subset.items for row in item], model)
    samples = [_sample(subset, raw, judge) for subset in slices]
    subsets = [_beginning(subset, config.perturbed_functions) for subset in slices]
    rows = [row for subset in subsets for item in subset.items for row in item]
    perturbed: list[list[PerturbedFigures]] = [[] for _ in slices]
    for perturbation in config.perturbations:
        codes = perturb_all(
            [(row.code, row.language) for row in rows],
            augmentations[perturbation],
            seed=config.seed,
            processes=config.processes,
        )
        scored = _logits_of_all([with_code(row, codes[row.code, row.language]) for row in rows], model)
        log(f"{len(codes)} functions {perturbation.replace('_', ' ')}")
        logits = {text: scored[code, text[1]] for text, code in codes.items()}
        for number, subset in enumerate(subsets):
            perturbed[number].append(_perturbed(perturbation, subset, raw, logits, judge, config))
    return [
        MatrixRow(
            name=subset.name,
            title=subset.title,
            raw=measure(sample, rounds=config.rounds, seed=config.seed),
            perturbed=tuple(figures),
            in_order=_in_order(subset, sample, config) if subset.pairs else None,
        )
        for subset, sample, figures in zip(slices, samples, perturbed, strict=True)
    ]


def _perturbations(rows: Sequence[MatrixRow]) -> list[str]:
    return list(dict.fromkeys(figures.perturbation for row in rows for figures in row.perturbed))


def _in_order_text(row: MatrixRow) -> str:
    return "" if row.in_order is None else f"; in order {percent_interval(row.in_order, 0)}"


def _logits_of_all(rows: Sequence[Row], model: LogitModel) -> dict[Text, float]:
    distinct = list({(row.code, row.language): row for row in rows}.items())
    logits = model.logits([row for _, row in distinct])
    return {text: float(logit) for (text, _), logit in zip(distinct, logits, strict=True)}


def _sample(subset: Slice, logits: Mapping[Text, float], judge: AnswerRule) -> Sample:
    pooled = np.zeros(len(subset.items))
    for number, item in enumerate(subset.items):
        of_item = np.array([logits[row.code, row.language] for row in item])
        pooled[number] = of_item[0] if len(item) == 1 else judge.pool(item, of_item)
    return Sample(subset.labels, subset.groups, pooled, judge.answer(subset, pooled), subset.within)


def _beginning(subset: Slice, functions: int) -> Slice:
    """The first items of a slice, with about ``functions`` functions; always an even number of items."""
    size = max(1.0, float(np.mean([len(item) for item in subset.items])))
    count = max(2, int(functions / size) // 2 * 2)
    return Slice(subset.name, subset.title, subset.items[:count], subset.within, subset.pairs)


def _perturbed(
    perturbation: str,
    subset: Slice,
    raw: Mapping[Text, float],
    logits: Mapping[Text, float],
    judge: AnswerRule,
    config: EvaluateConfig,
) -> PerturbedFigures:
    before, after = _sample(subset, raw, judge), _sample(subset, logits, judge)
    auroc_before, auroc_after = auroc_statistic(before), auroc_statistic(after)
    return PerturbedFigures(
        perturbation=perturbation,
        loss=with_interval(before.groups, lambda index: auroc_before(index) - auroc_after(index), config),
    )


def _in_order(subset: Slice, sample: Sample, config: EvaluateConfig) -> Estimate:
    """The share of pairs in order; items alternate between human and LLM code."""
    human, llm = sample.logits[::2], sample.logits[1::2]
    return with_interval(sample.groups[::2], lambda index: pairs_in_order(human[index], llm[index]), config)


def perturb_all(
    texts: Iterable[Text], augmentation: Augmentation, *, seed: int, processes: int
) -> Mapping[Text, str]:
    """The perturbed code of every distinct text."""
    distinct = list(dict.fromkeys(texts))
    change = partial(_perturb, augmentation, seed)
    if processes <= 1 or len(distinct) < 2:
        return dict(zip(distinct, map(change, distinct), strict=True))
    with get_context("fork").Pool(processes) as pool:
        return dict(zip(distinct, pool.imap(change, distinct, chunksize=16), strict=True))


def _perturb(augmentation: Augmentation, seed: int, text: Text) -> str:
    code, language = text
    of_text = zlib.crc32(f"{language}\0{code}".encode("utf-8", "surrogatepass"))
    return augmentation(code, language, np.random.default_rng([seed, of_text]))
