"""The rule for code outside functions, with its own minimum size and thresholds with packages as units."""

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from pydantic.dataclasses import dataclass

from codeorigin.model.calibration.scale import Thresholds
from codeorigin.model.calibration.top_level import TopLevelRule
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.calibrate.eligibility import has_verdict
from codeorigin_training.calibrate.levels import Levels, fit_levels, no_levels
from codeorigin_training.calibrate.promises import DISTRIBUTION, PromiseSettings, population
from codeorigin_training.calibrate.thresholds import fewest_repositories
from codeorigin_training.configuration import STRICT
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.splits import unit_hash
from codeorigin_training.corpus.weights import balanced_or_equal_weights

_CURVE_POINTS = 100


@dataclass(frozen=True, config=STRICT)
class TopLevelConfig(PromiseSettings):
    """What is promised about code outside functions, and how long it must be to get a verdict.

    ``min_lines`` counts non-blank lines, ``min_characters`` non-whitespace characters. The rest is as in
    :class:`~codeorigin_training.calibrate.config.CalibrateConfig`; packages are the units of the promise.
    """

    min_lines: int = 4
    min_characters: int = 100

    def __post_init__(self) -> None:
        PromiseSettings.__post_init__(self)
        if min(self.min_lines, self.min_characters) < 1:
            raise ValueError("min_lines and min_characters must be at least 1")


def fit_top_level(
    rows: Sequence[Row], logits: Floats, config: TopLevelConfig, told_apart: Collection[str] | None = None
) -> TopLevelRule | None:
    """Fit the rule to ``logits`` ``(n,)`` of top-level code that the model never saw; ``Row.unit`` is the unit.

    A language has its own thresholds if it has enough packages for the promise. The others, also those without any
    data, get the strictest of all thresholds that were found, and so a wider ``unsure``. Published human answers to
    tasks can raise the threshold of a language with a promise, but cannot establish one. If ``told_apart`` is given,
    only its languages get an answer other than ``unsure``.

    Returns:
        A rule that never says ``llm`` if there are too few packages for a promise; None if a class is missing.
    """
    kept = _judged(rows, config)
    rows = [replace(rows[index], repo=rows[index].unit) for index in np.flatnonzero(kept).tolist()]
    logits = logits[kept]
    labels = np.array([row.label for row in rows], dtype=np.int64)
    if len(np.unique(labels)) < 2:
        return None
    heard = labels.astype(bool) | _promised(rows, config)
    levels = None
    if (heard & (labels == 0)).any():
        found = [row for row, wanted in zip(rows, heard.tolist(), strict=True) if wanted]
        levels = fit_levels(found, logits[heard], config)
    if levels is None:
        units = np.unique([row.project for row in rows], return_inverse=True)[1].astype(np.int64)
        levels = no_levels(logits, labels, units, config.human_rate)
    levels = _strictest(levels)
    if told_apart is not None:
        levels = _without(levels, told_apart, {row.language for row in rows}, float(logits.min()))
    scale = levels.scale(rows, logits, balanced_or_equal_weights(rows), config.rate, points=_CURVE_POINTS)
    return TopLevelRule(config.min_lines, config.min_characters, scale)


def called_top_level(rows: Sequence[Row], logits: Floats, rule: TopLevelRule | None) -> Booleans:
    """Which of ``rows`` with ``logits`` ``(n,)`` are called ``llm`` by ``rule``, bool ``(n,)``; never short code."""
    if rule is None:
        return np.zeros(len(rows), dtype=bool)
    thresholds = np.array([rule.scale.thresholds(row.language).llm for row in rows])
    called: Booleans = (logits >= thresholds) & _judged(rows, rule)
    return called


def cross_fitted_top_level(
    rows: Sequence[Row],
    logits: Floats,
    config: TopLevelConfig,
    folds: int,
    told_apart: Collection[str] | None = None,
) -> Booleans:
    """Which of ``rows`` with ``logits`` ``(n,)`` a rule fitted without their unit's fold calls ``llm``, ``(n,)``."""
    fold = np.array([int(unit_hash(row.unit, "top-level") * folds) for row in rows], dtype=np.int64)
    called = np.zeros(len(rows), dtype=bool)
    for number in range(folds):
        inside = fold == number
        inner = [rows[index] for index in np.flatnonzero(~inside).tolist()]
        outer = [rows[index] for index in np.flatnonzero(inside).tolist()]
        rule = fit_top_level(inner, logits[~inside], config, told_apart)
        called[inside] = called_top_level(outer, logits[inside], rule)
    return called


def _judged(rows: Sequence[Row], limits: TopLevelConfig | TopLevelRule) -> Booleans:
    return np.array([has_verdict(row.code, limits) for row in rows], dtype=bool)


def _promised(rows: Sequence[Row], config: TopLevelConfig) -> Booleans:
    """Human rows that count: packages, and other human code of languages with enough packages for a promise."""
    packages: dict[str, set[str]] = {}
    for row in rows:
        if population(row) == DISTRIBUTION:
            packages.setdefault(row.language, set()).add(row.repo)
    everywhere = len(set().union(*packages.values()))
    fewest = fewest_repositories(config.rate)
    return np.array(
        [
            row.label == 0
            and everywhere >= fewest
            and (population(row) == DISTRIBUTION or len(packages.get(row.language, ())) >= fewest)
            for row in rows
        ],
        dtype=bool,
    )


def _strictest(levels: Levels) -> Levels:
    """``levels`` with the strictest of all thresholds as default; only languages with a promise keep their own."""
    known = [levels.default, *levels.languages.values()]
    default = Thresholds(
        max(each.llm for each in known), min(each.human for each in known), levels.default.repositories
    )
    own = {name: each for name, each in levels.languages.items() if each.repositories is not None}
    return dataclasses.replace(levels, default=default, languages=own)


def _without(levels: Levels, told_apart: Collection[str], known: Collection[str], lowest: float) -> Levels:
    """``levels`` for which all code is ``unsure`` except that of ``told_apart``; ``lowest`` is the lowest logit."""
    if set(known) <= set(told_apart):
        return levels
    unsure = Thresholds(np.inf, float(np.nextafter(lowest, -np.inf)))
    own = {
        name: levels.languages.get(name, levels.default)
        for name in sorted(set(told_apart) & set(known))
        if name in levels.languages
    }
    return dataclasses.replace(levels, default=unsure, languages=own)
