"""The matrix: one model on every kind of code, raw and under every perturbation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.augmentation import Augmentation
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.data import with_code
from codeorigin_training.metrics.detector import LogitModel
from codeorigin_training.metrics.figures import (
    Estimate,
    Sample,
    auroc_statistic,
    estimate,
    measure,
)
from codeorigin_training.metrics.slices import Slice
from codeorigin_training.metrics.statistics import pairs_in_order
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.contents import MatrixRow, PerturbedFigures
from codeorigin_training.report.sections.perturb import Text, perturb_all
from codeorigin_training.run import Log


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


def matrix_rows(
    slices: Sequence[Slice],
    model: LogitModel,
    judge: AnswerRule,
    config: EvaluateConfig,
    augmentations: Mapping[str, Augmentation],
    log: Log,
    *,
    name: str,
) -> list[MatrixRow]:
    """A row for every slice.

    The loss under a perturbation is measured on the same functions, raw and perturbed, which are the first ones of the
    slice's sample.
    """
    raw = _logits_of_all([row for each in slices for item in each.items for row in item], model)
    samples = [_sample(each, raw, judge) for each in slices]
    subsets = [_beginning(each, config.perturbed_functions) for each in slices]
    rows = [row for each in subsets for item in each.items for row in item]
    perturbed: list[list[PerturbedFigures]] = [[] for _ in slices]
    for perturbation in config.perturbations:
        codes = perturb_all(
            [(row.code, row.language) for row in rows],
            augmentations[perturbation],
            seed=config.seed,
            processes=config.processes,
        )
        scored = _logits_of_all([with_code(row, codes[row.code, row.language]) for row in rows], model)
        log(f"{name}: {len(codes)} functions {perturbation.replace('_', ' ')}")
        logits = {text: scored[code, text[1]] for text, code in codes.items()}
        for number, subset in enumerate(subsets):
            perturbed[number].append(_perturbed(perturbation, subset, raw, logits, codes, judge, config))
    return [
        MatrixRow(
            name=each.name,
            title=each.title,
            model=name,
            raw=measure(sample, rounds=config.rounds, seed=config.seed),
            perturbed=tuple(figures),
            in_order=_in_order(each, sample, config) if each.pairs else None,
        )
        for each, sample, figures in zip(slices, samples, perturbed, strict=True)
    ]


def _logits_of_all(rows: Sequence[Row], model: LogitModel) -> dict[Text, float]:
    distinct = list({(row.code, row.language): row for row in rows}.items())
    logits = model.logits([row for _, row in distinct])
    return {text: float(logit) for (text, _), logit in zip(distinct, logits, strict=True)}


def _sample(each: Slice, logits: Mapping[Text, float], judge: AnswerRule) -> Sample:
    pooled = np.zeros(len(each.items))
    for number, item in enumerate(each.items):
        own = np.array([logits[row.code, row.language] for row in item])
        pooled[number] = own[0] if len(item) == 1 else judge.pool(item, own)
    return Sample(each.labels, each.groups, pooled, judge.answer(each, pooled), each.within)


def _beginning(each: Slice, functions: int) -> Slice:
    """The first items of a slice, with about ``functions`` functions; always an even number of items."""
    size = max(1.0, float(np.mean([len(item) for item in each.items])))
    count = max(2, int(functions / size) // 2 * 2)
    return Slice(each.name, each.title, each.items[:count], each.within, each.pairs)


def _perturbed(
    perturbation: str,
    subset: Slice,
    raw: Mapping[Text, float],
    logits: Mapping[Text, float],
    codes: Mapping[Text, str],
    judge: AnswerRule,
    config: EvaluateConfig,
) -> PerturbedFigures:
    before, after = _sample(subset, raw, judge), _sample(subset, logits, judge)
    auroc_before, auroc_after = auroc_statistic(before), auroc_statistic(after)

    def loss(index: Integers) -> Floats:
        return np.array([auroc_before(index) - auroc_after(index)])

    texts = [(row.code, row.language) for item in subset.items for row in item]
    return PerturbedFigures(
        perturbation=perturbation,
        figures=measure(after, rounds=config.rounds, seed=config.seed),
        loss=estimate(before.groups, loss, rounds=config.rounds, seed=config.seed)[0],
        changed=float(np.mean([codes[text] != text[0] for text in texts])),
    )


def _in_order(each: Slice, sample: Sample, config: EvaluateConfig) -> Estimate:
    """The share of pairs in order; items alternate between human and LLM code."""
    human, llm = sample.logits[::2], sample.logits[1::2]

    def statistic(index: Integers) -> Floats:
        return np.array([pairs_in_order(human[index], llm[index])])

    return estimate(sample.groups[::2], statistic, rounds=config.rounds, seed=config.seed)[0]
