"""Fits a scale: its temperature, and the shares of human code that scores as high and of LLM code that scores as low.

Repositories, not functions, are the units: every repository of a language counts alike. A language with few of them
borrows from all languages. Human code from before code assistants and of their first year score differently, and a
user's code may be like either, so the larger share counts. Packages of a distribution score lower than both and are
left out here; they are measured instead.
"""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from codeorigin.model.calibration.scale import Scale, Shares
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import DISTRIBUTION_SOURCE, SNIPPET_SOURCE, Row
from codeorigin_training.data.weights import balanced_or_equal_weights
from codeorigin_training.thresholds.config import CalibrateConfig

OLD, MODERN, DISTRIBUTION, PUBLISHED = "old", "modern", "distribution", "published"
"""Populations of human code: before code assistants, of 2021-22, a distribution's packages, published answers."""

_POINTS = 80
"""Points of a curve in each class, evenly spaced in the logarithm of the share: rare scores are what a user reads."""
_RAREST = 1e-4


def population(row: Row) -> str:
    """The population of human code that a row belongs to."""
    if row.source == DISTRIBUTION_SOURCE:
        return DISTRIBUTION
    if row.source == SNIPPET_SOURCE:
        return PUBLISHED
    return MODERN if row.modern else OLD


def fit_scale(rows: Sequence[Row], logits: Floats, config: CalibrateConfig) -> Scale | None:
    """Fit temperature and shares to out-of-sample ``logits`` ``(n,)`` of ``rows``.

    Returns:
        None if a class has fewer than ``config.fewest_repositories``.
    """
    labels = np.array([row.label for row in rows], dtype=np.int64)
    populations = np.array([population(row) for row in rows])
    of_class = {name: (labels == 0) & (populations == name) for name in (OLD, MODERN)} | {"llm": labels == 1}
    names = np.array([row.project for row in rows])
    human = of_class[OLD] | of_class[MODERN]
    if min(len(np.unique(names[inside])) for inside in (human, of_class["llm"])) < config.fewest_repositories:
        return None
    temperature, shift = fit_temperature(logits, labels, balanced_or_equal_weights(rows))
    points = _points(logits[human], logits[of_class["llm"]])
    languages = np.array([row.language for row in rows])
    curves = {
        name: _curves(
            logits[inside], names[inside], languages[inside], points, config.shrinkage, low=name == "llm"
        )
        for name, inside in of_class.items()
        if inside.any()
    }
    shares = {
        language: Shares(
            human=_rounded(
                np.max([curves[name][language] for name in (OLD, MODERN) if name in curves], axis=0)
            ),
            llm=_rounded(curves["llm"][language]),
        )
        for language in ("", *np.unique(languages[human | of_class["llm"]]).tolist())
    }
    return Scale(
        temperature=temperature,
        shift=shift,
        llm_rate=config.llm_rate,
        human_rate=config.human_rate,
        logits=tuple(points.tolist()),
        everywhere=shares.pop(""),
        languages=shares,
    )


def fit_temperature(logits: Floats, labels: Integers, weights: Floats) -> tuple[float, float]:
    """``(temperature, shift)`` that minimise the weighted log loss of ``sigmoid((logit - shift) / temperature)``.

    Source: Guo et al., "On Calibration of Modern Neural Networks", ICML 2017; the shift is Platt's.
    """

    def loss(parameters: Floats) -> float:
        scaled = (logits - parameters[1]) * np.exp(-parameters[0])
        return float(np.average(np.logaddexp(0.0, np.where(labels == 1, -scaled, scaled)), weights=weights))

    found = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-7})
    return float(np.exp(found.x[0])), float(found.x[1])


def _points(human: Floats, llm: Floats) -> Floats:
    """The logits at which shares are kept, rising: closest where human code rarely scores higher, or LLM code lower."""
    rare = np.concatenate([[0.0], np.geomspace(_RAREST, 1.0, _POINTS)])
    found = np.concatenate([np.quantile(human, 1.0 - rare), np.quantile(llm, rare)])
    return np.unique(np.round(found, 4))


class _Curves(dict[str, Floats]):
    """Shares by language; the entry ``""`` is for all of them together, and for languages without repositories."""

    def __missing__(self, language: str) -> Floats:
        return self[""]


def _curves(
    logits: Floats, names: np.ndarray, languages: np.ndarray, points: Floats, shrinkage: float, *, low: bool
) -> _Curves:
    everywhere, _ = _curve(logits, names, points, low=low)
    found = _Curves({"": everywhere})
    for language in np.unique(languages).tolist():
        inside = languages == language
        of_language, repositories = _curve(logits[inside], names[inside], points, low=low)
        found[language] = (repositories * of_language + shrinkage * everywhere) / (repositories + shrinkage)
    return found


def _curve(logits: Floats, names: np.ndarray, points: Floats, *, low: bool) -> tuple[Floats, int]:
    """The mean share of a repository's functions at or above each point (at or below it if ``low``), and the number of
    repositories."""
    _, number, counts = np.unique(names, return_inverse=True, return_counts=True)
    order = np.argsort(logits, kind="stable")
    below = np.concatenate([[0.0], np.cumsum(1.0 / counts[number[order]])]) / len(counts)
    if low:
        return below[np.searchsorted(logits[order], points, side="right")], len(counts)
    return 1.0 - below[np.searchsorted(logits[order], points, side="left")], len(counts)


def _rounded(shares: Floats) -> list[float]:
    rounded: list[float] = np.clip(np.round(shares, 6), 0.0, 1.0).tolist()
    return rounded


def repository_rate(above: Sequence[bool] | Booleans, names: np.ndarray) -> float:
    """Mean over the repositories ``names`` of the share of their functions that are ``above``; both are ``(n,)``."""
    _, number, counts = np.unique(names, return_inverse=True, return_counts=True)
    return float(np.mean(np.bincount(number, weights=np.asarray(above, dtype=np.float64)) / counts))
