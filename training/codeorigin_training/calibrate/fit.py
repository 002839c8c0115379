"""Out-of-fold logits -> the calibration that goes into the manifest."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codeorigin.errors import CodeOriginError
from codeorigin.model.calibration import Calibration
from codeorigin.model.file_context import FileContext, NeighbourRule
from codeorigin.model.scale import Scale, Thresholds
from codeorigin_training.calibrate.config import FunctionSettings
from codeorigin_training.calibrate.context import file_evidence, file_numbers
from codeorigin_training.calibrate.eligibility import has_verdict
from codeorigin_training.calibrate.temperature import fit_temperature
from codeorigin_training.calibrate.thresholds import (
    controlled_threshold,
    fewest_repositories,
    human_threshold,
    survival_curve,
)
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.weights import balanced_or_equal_weights

_CURVE_POINTS = 200

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def fit_calibration(
    rows: Sequence[Row],
    logits: Floats,
    weights: Floats,
    config: FunctionSettings,
) -> Calibration:
    """Calibrate on out-of-sample ``logits`` ``(n,)`` of corpus ``rows``, each function by itself.

    Rows that are too short for a verdict are left out: the promise is about functions that get one.

    Raises:
        CodeOriginError: there are too few repositories for any threshold to guarantee the rate, or too few rows.
    """
    judged = np.array([has_verdict(row.code, config) for row in rows], dtype=bool)
    rows = [row for row, kept in zip(rows, judged, strict=True) if kept]
    if len({row.label for row in rows}) < 2:
        raise CodeOriginError(
            "calibration needs functions of both classes that are long enough for a verdict"
        )
    scale = fit_scale(rows, logits[judged], weights[judged], config)
    if scale is None:
        raise CodeOriginError(
            f"a false-positive rate of {config.rate:g} needs {fewest_repositories(config.rate)} repositories "
            "with human code; pass more data or a higher rate"
        )
    return Calibration(scale, min_lines=config.min_lines, min_characters=config.min_characters)


def fit_file_context(
    rows: Sequence[Row], logits: Floats, config: FunctionSettings, rule: NeighbourRule
) -> FileContext | None:
    """The rule for functions with others in their file, from out-of-sample ``logits`` ``(n,)`` of corpus ``rows``.

    Its scale is fitted on the functions that have neighbours, and promises what that of functions by themselves does.

    Returns:
        None when these functions do not hold both classes, or too few repositories for a threshold to promise
        anything.
    """
    judged = np.array([has_verdict(row.code, config) for row in rows], dtype=bool)
    evidence = file_evidence(file_numbers(rows), logits, rule, judged)
    heard = np.flatnonzero(np.isfinite(evidence))
    listeners = [rows[number] for number in heard.tolist()]
    if len({row.label for row in listeners}) < 2:
        return None
    scale = fit_scale(listeners, (logits + evidence)[heard], balanced_or_equal_weights(listeners), config)
    return None if scale is None else FileContext(rule, scale)


def fit_scale(rows: Sequence[Row], logits: Floats, weights: Floats, config: FunctionSettings) -> Scale | None:
    """Temperature, thresholds and curve for out-of-sample ``logits`` ``(n,)`` of ``rows`` of both classes.

    The threshold holds on modern and on old human code apart, since their scores differ: the higher one is taken. A
    language gets a threshold of its own, found in the same way, where it has repositories of modern human code enough.

    Returns:
        None if there are too few repositories for any threshold to guarantee the rate.
    """
    labels = np.array([row.label for row in rows], dtype=np.int64)
    modern = np.array([row.modern for row in rows])
    languages = np.array([row.language for row in rows])
    repositories = np.unique([row.repo for row in rows], return_inverse=True)[1].astype(np.int64)
    temperature, shift = fit_temperature(logits, labels, weights)
    human, llm = labels == 0, labels == 1

    def guaranteed(inside: Bools) -> float | None:
        eras = [human & inside & modern, human & inside & ~modern]
        found = [controlled_threshold(logits[era], repositories[era], config.rate) for era in eras]
        return max((threshold for threshold in found if threshold is not None), default=None)

    def bounds(threshold: float, inside: Bools) -> Thresholds:
        lower = human_threshold(
            logits[human & inside],
            threshold,
            logits[llm & inside],
            repositories[llm & inside],
            config.human_rate,
        )
        return Thresholds(llm=threshold, human=lower)

    everywhere = np.ones(len(rows), dtype=bool)
    common = guaranteed(everywhere)
    if common is None:
        return None
    own: dict[str, Thresholds] = {}
    for language in np.unique(languages):
        inside = languages == language
        counted = human & inside & modern
        if len(np.unique(repositories[counted])) < config.fewest_language_repositories:
            continue
        threshold = guaranteed(inside)
        if threshold is not None and llm[inside].any():
            own[str(language)] = bounds(threshold, inside)
    curve_rows = human & modern if (human & modern).any() else human
    curve_logits, shares = survival_curve(logits[curve_rows], repositories[curve_rows], _CURVE_POINTS)
    return Scale(
        temperature=temperature,
        shift=shift,
        false_positive_rate=config.rate,
        default=bounds(common, everywhere),
        languages=own,
        human_logits=tuple(round(float(value), 5) for value in curve_logits),
        human_shares=tuple(round(float(value), 6) for value in shares),
    )
