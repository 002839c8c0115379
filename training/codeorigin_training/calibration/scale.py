"""Fits a scale: its temperature, and the shares of human code that scores as high and of LLM code that scores as low.

Repositories, not functions, are the units: every repository of a language counts alike. A language with few of them
borrows from all languages. Human code from before code assistants and of their first year score differently, and a
user's code may be like either; what is known of a project says more where agents work in it. Of both eras, in projects
where agents work and in others, the largest share counts. LLM code is found in repositories that agents built, in those
of people, and as published answers; there, too, the largest share counts. Packages of a distribution score lower than
human code of repositories and are left out here; they are measured instead.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.optimize import minimize

from codeorigin.model.calibration.scale import Scale, Shares
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.data.rows import SNIPPET_SOURCE, Row, rows_where
from codeorigin_training.data.weights import balanced_or_equal_weights

OLD, MODERN, DISTRIBUTION, PUBLISHED = "old", "modern", "distribution", "published"
"""Populations of human code: before code assistants, of 2021-22, a distribution's packages, published answers."""

BUILT, IN_PROJECTS = "built", "in projects"
"""Settings of LLM code besides published answers: repositories without human code, and those with some."""

_POINTS = 80
"""Points of a curve in each class, evenly spaced in the logarithm of the share: rare scores are what a user reads."""
_RAREST = 1e-4


def population(row: Row) -> str:
    """The population of human code that a row belongs to."""
    if row.is_packaged:
        return DISTRIBUTION
    if row.source == SNIPPET_SOURCE:
        return PUBLISHED
    return MODERN if row.modern else OLD


def settings_of(rows: Sequence[Row]) -> np.ndarray:
    """The setting of every LLM row, by the others among ``rows``, str ``(n,)``; empty for human rows."""
    people = {row.project for row in rows if row.label == 0}

    def setting(row: Row) -> str:
        if row.source == SNIPPET_SOURCE:
            return PUBLISHED
        return IN_PROJECTS if row.project in people else BUILT

    return np.array(["" if row.label == 0 else setting(row) for row in rows], dtype=object)


def fit_scale(rows: Sequence[Row], logits: Floats, config: CalibrateConfig) -> Scale | None:
    """Fit temperature and shares to out-of-sample ``logits`` ``(n,)`` of ``rows``.

    A setting of LLM code counts with ``config.fewest_repositories``, or generators of published answers, which have no
    other part in the fit.

    Returns:
        None if a class has fewer than ``config.fewest_repositories``.
    """
    labels = np.array([row.label for row in rows], dtype=np.int64)
    populations = np.array([population(row) for row in rows])
    published = populations == PUBLISHED
    llm = (labels == 1) & ~published
    eras = {name: (labels == 0) & (populations == name) for name in (OLD, MODERN)}
    names = np.array([row.generator if row.source == SNIPPET_SOURCE else row.project for row in rows])

    def many(inside: Booleans) -> bool:
        return len(np.unique(names[inside])) >= config.fewest_repositories

    human = eras[OLD] | eras[MODERN]
    if not many(human) or not many(llm):
        return None
    temperature, shift = fit_temperature(
        logits[~published], labels[~published], balanced_or_equal_weights(rows_where(rows, ~published))
    )
    points = _points(logits[human], logits[llm])
    languages = np.array([row.language for row in rows])
    settings = settings_of(rows)
    of_settings = [settings == name for name in (BUILT, IN_PROJECTS, PUBLISHED)]

    def curves(parts: Iterable[Booleans], *, low: bool) -> list[_Curves]:
        return [
            _curves(logits[part], names[part], languages[part], points, config.shrinkage, low=low)
            for part in parts
        ]

    agents_in, counts = np.unique(names[llm], return_counts=True)
    mixed = np.isin(names, agents_in[counts >= config.agents_work])
    of_human = curves(
        [
            part
            for era in eras.values()
            if era.any()
            for part in ([era & mixed, era & ~mixed] if many(era & mixed) and many(era & ~mixed) else [era])
        ],
        low=False,
    )
    of_llm = curves([part for part in of_settings if many(part)] or [llm], low=True)

    def largest(found: Sequence[_Curves], language: str) -> list[float]:
        return _rounded(np.max([curve[language] for curve in found], axis=0))

    shares = {
        language: Shares(human=largest(of_human, language), llm=largest(of_llm, language))
        for language in ("", *np.unique(languages[human | llm]).tolist())
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
