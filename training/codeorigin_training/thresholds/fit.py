"""Fits the manifest's calibration on out-of-fold logits."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from codeorigin.errors import CodeOriginError
from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.file_context import FileContext
from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin.model.calibration.scale import Scale
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import balanced_or_equal_weights
from codeorigin_training.thresholds.by_language import Groups, fit_levels, row_groups
from codeorigin_training.thresholds.conformal import fewest_repositories
from codeorigin_training.thresholds.context import file_numbers, neighbour_evidence
from codeorigin_training.thresholds.eligibility import has_verdict
from codeorigin_training.thresholds.risk_control import PromiseSettings

_CURVE_POINTS = 200

Value = TypeVar("Value")


def fit_calibration(
    rows: Sequence[Row],
    logits: Floats,
    weights: Floats,
    config: PromiseSettings,
    groups: Groups | None = None,
) -> Calibration:
    """Calibrate on out-of-sample ``logits`` ``(n,)`` of corpus ``rows``, each function by itself.

    ``groups`` are by :func:`~codeorigin_training.thresholds.by_language.row_groups`, which is called if they are None.

    Rows that are too short for a verdict are left out, because the promise is about functions that get one.

    Raises:
        CodeOriginError: there are too few repositories for any threshold to guarantee the rate, or a class has no rows.
    """
    judged = np.array([has_verdict(row.code, config) for row in rows], dtype=bool)
    groups = row_groups(rows) if groups is None else groups
    rows, groups = _kept(rows, judged), _kept(groups, judged)
    if len({row.label for row in rows}) < 2:
        raise CodeOriginError(
            "calibration needs functions of both classes that are long enough for a verdict"
        )
    scale = fit_scale(rows, logits[judged], weights[judged], config, groups)
    if scale is None:
        raise CodeOriginError(
            f"a false-positive rate of {config.rate:g} needs {fewest_repositories(config.rate)} repositories "
            "with human code; pass more data or a higher rate"
        )
    return Calibration(scale, min_lines=config.min_lines, min_characters=config.min_characters)


def fit_file_context(
    rows: Sequence[Row],
    logits: Floats,
    config: PromiseSettings,
    rule: NeighbourRule,
    groups: Groups | None = None,
) -> FileContext | None:
    """Fit the rule for functions with others in their file to out-of-sample ``logits`` ``(n,)`` of corpus ``rows``.

    Its scale is fitted on the functions that have neighbours, and makes the same promise as the scale of functions by
    themselves.

    Returns:
        None if these functions are not of both classes, or come from too few repositories for a threshold to promise
        anything.
    """
    judged = np.array([has_verdict(row.code, config) for row in rows], dtype=bool)
    evidence = neighbour_evidence(file_numbers(rows), logits, rule, judged)
    heard = np.isfinite(evidence)
    groups = row_groups(rows) if groups is None else groups
    listeners, groups = _kept(rows, heard), _kept(groups, heard)
    if len({row.label for row in listeners}) < 2:
        return None
    weights = balanced_or_equal_weights(listeners)
    scale = fit_scale(listeners, (logits + evidence)[heard], weights, config, groups)
    return None if scale is None else FileContext(rule, scale)


def _kept(values: Sequence[Value], kept: Booleans) -> list[Value]:
    return [value for value, wanted in zip(values, kept.tolist(), strict=True) if wanted]


def fit_scale(
    rows: Sequence[Row],
    logits: Floats,
    weights: Floats,
    config: PromiseSettings,
    groups: Groups | None = None,
) -> Scale | None:
    """Fit temperature, thresholds and curve to out-of-sample ``logits`` ``(n,)`` of ``rows`` of both classes.

    Returns:
        None if there are too few repositories for any threshold to guarantee the rate.
    """
    levels = fit_levels(rows, logits, config, groups)
    return None if levels is None else levels.scale(rows, logits, weights, config.rate, points=_CURVE_POINTS)
