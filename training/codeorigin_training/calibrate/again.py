"""New thresholds for a calibrated model, and what they do on repositories that they were not fitted on."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.model.calibration import Calibration
from codeorigin.model.pooled_rule import pooled_logit
from codeorigin.model.scale import Scale
from codeorigin_training.calibrate.config import CalibrateConfig
from codeorigin_training.calibrate.context import file_evidence, file_numbers
from codeorigin_training.calibrate.eligibility import has_verdict
from codeorigin_training.calibrate.files import file_samples
from codeorigin_training.calibrate.levels import Groups, Levels, fit_levels
from codeorigin_training.calibrate.promises import Bools, Floats, Integers
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.splits import unit_hash
from codeorigin_training.evaluate.answers import answers_by_text, answers_in_files


def new_thresholds(
    calibration: Calibration, rows: Sequence[Row], logits: Floats, groups: Groups, config: CalibrateConfig
) -> Calibration:
    """``calibration`` with thresholds fitted on ``logits`` ``(n,)`` of ``rows``, all of repositories never trained on.

    Temperatures, curves and the rules for files stay. A scale whose thresholds these repositories cannot
    promise anything about keeps what it has.
    """
    judged = np.array([has_verdict(row.code, calibration) for row in rows], dtype=bool)
    alone = _replaced(calibration.alone, _fitted(rows, logits, groups, judged, config), config.rate)
    context, rule = calibration.context, calibration.file
    if context is not None:
        evidence = file_evidence(file_numbers(rows), logits, context.rule, judged)
        levels = _fitted(rows, logits + evidence, groups, np.isfinite(evidence), config)
        context = dataclasses.replace(context, scale=_replaced(context.scale, levels, config.rate))
    if rule is not None:
        files = [
            file
            for file in file_samples(rows, logits, config.files)
            if len(file.functions) >= rule.fewest_functions
        ]
        pooled = np.array(
            [pooled_logit(file.functions, rule.prior_lines, rule.prior_logit) for file in files]
        )
        levels = fit_levels([file.as_row() for file in files], pooled, config)
        rule = dataclasses.replace(rule, scale=_replaced(rule.scale, levels, config.rate))
    return dataclasses.replace(calibration, alone=alone, context=context, file=rule)


@dataclass(frozen=True, slots=True)
class CrossFitted:
    """Calibrations of all folds of repositories but one, and what each says of the one: bool and int ``(n,)``."""

    calibrations: tuple[Calibration, ...]
    fold: Integers
    by_text: Bools
    in_file: Bools


def cross_fitted(
    calibration: Calibration,
    rows: Sequence[Row],
    logits: Floats,
    groups: Groups,
    config: CalibrateConfig,
    folds: int,
) -> CrossFitted:
    """Which functions thresholds fitted on other repositories call ``llm``, by their own text and in their files."""
    fold = np.array([int(unit_hash(row.repo, "calibration") * folds) for row in rows], dtype=np.int64)
    by_text, in_file = np.zeros(len(rows), dtype=bool), np.zeros(len(rows), dtype=bool)
    found = []
    for number in range(folds):
        inside = fold == number
        inner = [rows[index] for index in np.flatnonzero(~inside).tolist()]
        inner_groups = [groups[index] for index in np.flatnonzero(~inside).tolist()]
        fitted = new_thresholds(calibration, inner, logits[~inside], inner_groups, config)
        outer = [rows[index] for index in np.flatnonzero(inside).tolist()]
        outer_groups = [groups[index] for index in np.flatnonzero(inside).tolist()]
        by_text[inside] = answers_by_text(outer, logits[inside], fitted.alone, outer_groups).llm
        told = answers_in_files(outer, logits[inside], fitted, file_numbers(outer), outer_groups)
        in_file[inside] = by_text[inside] if told is None else told.answers.llm
        found.append(fitted)
    return CrossFitted(tuple(found), fold, by_text, in_file)


def _fitted(
    rows: Sequence[Row], logits: Floats, groups: Groups, inside: Bools, config: CalibrateConfig
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
