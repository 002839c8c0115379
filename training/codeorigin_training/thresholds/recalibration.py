"""Fits new thresholds for a calibrated model, and applies them to repositories that they were not fitted on."""

import dataclasses
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.commit_context import CommitContext
from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin.model.calibration.scale import Scale
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.data.splits import unit_hash
from codeorigin_training.metrics.answers import context_answers
from codeorigin_training.thresholds.by_language import Groups, Levels, fit_levels
from codeorigin_training.thresholds.commits import commit_evidence, commit_samples
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.context import file_numbers, neighbour_evidence
from codeorigin_training.thresholds.eligibility import has_verdict
from codeorigin_training.thresholds.files import file_samples
from codeorigin_training.thresholds.pooled import PooledSample

Rule = TypeVar("Rule", bound=PooledRule)


def new_thresholds(
    calibration: Calibration, rows: Sequence[Row], logits: Floats, groups: Groups, config: CalibrateConfig
) -> Calibration:
    """``calibration`` with thresholds fitted on ``logits`` ``(n,)`` of ``rows``, all from repositories not trained on.

    Temperatures, curves and the rules for files and commits stay the same. A scale keeps its thresholds if there are
    too few repositories here for any promise.
    """
    judged = np.array([has_verdict(row.code, calibration) for row in rows], dtype=bool)
    alone = _replaced(calibration.alone, _fitted(rows, logits, groups, judged, config), config.rate)
    context, rule = calibration.file_context, calibration.file
    if context is not None:
        evidence = neighbour_evidence(file_numbers(rows), logits, context.rule, judged)
        levels = _fitted(rows, logits + evidence, groups, np.isfinite(evidence), config)
        context = dataclasses.replace(context, scale=_replaced(context.scale, levels, config.rate))
    if rule is not None:
        rule = _with_new_levels(rule, file_samples(rows, logits, config.files), config)
    commit = calibration.commit
    if commit is not None:
        commit = _with_new_levels(commit, commit_samples(rows, logits, config.files), config)

    def again(each: CommitContext | None) -> CommitContext | None:
        if each is None:
            return None
        evidence = commit_evidence(rows, logits, each, judged)
        levels = _fitted(rows, logits + evidence, groups, np.isfinite(evidence), config)
        return dataclasses.replace(each, scale=_replaced(each.scale, levels, config.rate))

    return dataclasses.replace(
        calibration,
        alone=alone,
        file_context=context,
        file=rule,
        commit=commit,
        commit_context=again(calibration.commit_context),
        file_and_commit_context=again(calibration.file_and_commit_context),
    )


def cross_fitted(
    calibration: Calibration,
    rows: Sequence[Row],
    logits: Floats,
    groups: Groups,
    config: CalibrateConfig,
    folds: int,
) -> dict[str, Booleans]:
    """Which functions are called ``llm`` by thresholds fitted on other repositories, bool ``(n,)`` for each context.

    The keys are those of :func:`~codeorigin_training.metrics.answers.context_answers`. ``logits`` are ``(n,)``.
    """
    fold = np.array([int(unit_hash(row.project, "calibration") * folds) for row in rows], dtype=np.int64)
    called: dict[str, Booleans] = {}
    for number in range(folds):
        inside = fold == number
        inner = [rows[index] for index in np.flatnonzero(~inside).tolist()]
        inner_groups = [groups[index] for index in np.flatnonzero(~inside).tolist()]
        fitted = new_thresholds(calibration, inner, logits[~inside], inner_groups, config)
        outer = [rows[index] for index in np.flatnonzero(inside).tolist()]
        outer_groups = [groups[index] for index in np.flatnonzero(inside).tolist()]
        for name, found in context_answers(outer, logits[inside], fitted, outer_groups).items():
            called.setdefault(name, np.zeros(len(rows), dtype=bool))[inside] = found.answers.llm
    return called


def _with_new_levels(rule: Rule, samples: Sequence[PooledSample], config: CalibrateConfig) -> Rule:
    samples = [sample for sample in samples if len(sample.functions) >= rule.fewest_functions]
    pooled = np.array([rule.pooled(sample.functions) for sample in samples])
    levels = fit_levels([sample.as_row() for sample in samples], pooled, config)
    return dataclasses.replace(rule, scale=_replaced(rule.scale, levels, config.rate))


def _fitted(
    rows: Sequence[Row], logits: Floats, groups: Groups, inside: Booleans, config: CalibrateConfig
) -> Levels | None:
    index = np.flatnonzero(inside).tolist()
    return fit_levels(
        [rows[number] for number in index], logits[inside], config, [groups[number] for number in index]
    )


def _replaced(scale: Scale, levels: Levels | None, rate: float) -> Scale:
    if levels is None:
        return scale
    return dataclasses.replace(
        scale,
        false_positive_rate=rate,
        default=levels.default,
        languages=levels.languages,
        groups=levels.groups,
        tail=levels.tail,
    )
