"""Out-of-fold logits -> the calibration that goes into the manifest."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from codeorigin.errors import CodeOriginError
from codeorigin.model.calibration import Calibration, Thresholds
from codeorigin_training.calibrate.temperature import fit_temperature
from codeorigin_training.calibrate.thresholds import (
    controlled_threshold,
    fewest_repositories,
    human_threshold,
    survival_curve,
)
from codeorigin_training.config import BuildConfig
from codeorigin_training.corpus.rows import Row

_CURVE_POINTS = 200


def fit_calibration(
    rows: Sequence[Row],
    logits: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    config: BuildConfig,
) -> Calibration:
    """Calibrate on out-of-sample ``logits`` ``(n,)`` of corpus ``rows``.

    The threshold holds on modern and on old human code apart, since their scores differ: the higher one is taken.
    A language gets a threshold of its own where it has repositories enough, and never a lower one than
    its modern code allows.

    Raises:
        CodeOriginError: there are too few repositories for any threshold to guarantee the rate.
    """
    labels = np.array([row.label for row in rows], dtype=np.int64)
    modern = np.array([row.modern for row in rows])
    languages = np.array([row.language for row in rows])
    repositories = np.unique([row.repo for row in rows], return_inverse=True)[1].astype(np.int64)
    temperature, shift = fit_temperature(logits, labels, weights)
    human, llm = labels == 0, labels == 1

    def guaranteed(keep: npt.NDArray[np.bool_]) -> float | None:
        return controlled_threshold(logits[keep], repositories[keep], config.rate)

    def bounds(threshold: float, inside: npt.NDArray[np.bool_]) -> Thresholds:
        lower = human_threshold(
            logits[human & inside],
            threshold,
            logits[llm & inside],
            repositories[llm & inside],
            config.human_rate,
        )
        return Thresholds(llm=threshold, human=lower)

    everywhere = np.ones(len(rows), dtype=bool)
    candidates = [guaranteed(human & modern), guaranteed(human & ~modern)]
    found = [candidate for candidate in candidates if candidate is not None]
    if not found:
        raise CodeOriginError(
            f"a false-positive rate of {config.rate:g} needs {fewest_repositories(config.rate)} repositories "
            "with human code; pass more data or a higher rate"
        )
    default = bounds(max(found), everywhere)
    own: dict[str, Thresholds] = {}
    for language in np.unique(languages):
        inside = languages == language
        if len(np.unique(repositories[human & inside])) < config.fewest_language_repositories:
            continue
        threshold = guaranteed(human & inside)
        if threshold is not None and llm[inside].any():
            own[str(language)] = bounds(threshold, inside)
    curve_rows = human & modern if (human & modern).any() else human
    curve_logits, shares = survival_curve(logits[curve_rows], repositories[curve_rows], _CURVE_POINTS)
    return Calibration(
        temperature=temperature,
        shift=shift,
        false_positive_rate=config.rate,
        default=default,
        languages=own,
        human_logits=tuple(round(float(value), 5) for value in curve_logits),
        human_shares=tuple(round(float(value), 6) for value in shares),
        min_lines=config.min_lines,
        min_characters=config.min_characters,
    )
