"""One bias per language, so that a logit means the same in all languages.

Regressions without an intercept lean towards LLM for an ordinary TypeScript function and away from it for an ordinary C
function, because there is more LLM code in one language and more old code in the other. In every language, the point
half-way between its human-written and its LLM-written functions is where both are equally likely.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row, labels_of, numbered, of_repositories, rows_where
from codeorigin_training.data.sides import TrainingSide

_PRIOR_REPOSITORIES = 10
"""A language with this many repositories is moved half of the way."""

_FEWEST_FUNCTIONS = 20


def fit_language_bias(rows: Sequence[Row], logits: Floats) -> dict[str, float]:
    """The bias to add to the logits of each language's functions, relative to all languages together.

    Args:
        rows: functions of both classes; pairs and packages of a distribution are ignored.
        logits: ``(n,)``, from models that saw none of the rows' repositories.

    Returns:
        Biases in logits by language, without languages that have fewer than 20 functions of a class.
    """
    known, labels = of_repositories(rows), labels_of(rows)
    languages = np.array([row.language for row in rows])
    repositories = numbered([row.repo for row in rows])

    def middle(chosen: Booleans) -> tuple[float, int] | None:
        """The midpoint of the classes' means, and the number of repositories of the class with fewer of them."""
        sides = [np.flatnonzero(known & chosen & (labels == label)) for label in (0, 1)]
        if min(map(len, sides)) < _FEWEST_FUNCTIONS:
            return None
        found = [_mean(logits[side], repositories[side]) for side in sides]
        return (found[0][0] + found[1][0]) / 2, min(count for _, count in found)

    everything = middle(np.ones(len(rows), dtype=bool))
    result: dict[str, float] = {}
    for language in np.unique(languages).tolist() if everything else ():
        if everything is not None and (found := middle(languages == language)) is not None:
            value, count = found
            result[language] = (everything[0] - value) * count / (count + _PRIOR_REPOSITORIES)
    return result


def language_biases(bias: Mapping[str, float], rows: Sequence[Row]) -> Floats:
    """The bias ``(n,)`` of each row's language, 0 if it has none."""
    return np.array([bias.get(row.language, 0.0) for row in rows], dtype=np.float64)


def cross_fitted_biases(side: TrainingSide, logits: Floats, among: Booleans | None = None) -> Floats:
    """The bias ``(n,)`` of each row of ``side``, fitted on ``logits`` ``(n,)`` of other folds.

    They are fitted on the rows ``among``, bool ``(n,)``; by default on all.
    """
    result = np.zeros(len(side.rows))
    for fold, fit in enumerate(side.fitting):
        inside, learnt = side.folds == fold, fit if among is None else fit & among
        bias = fit_language_bias(rows_where(side.rows, learnt), logits[learnt])
        result[inside] = language_biases(bias, rows_where(side.rows, inside))
    return result


def _mean(logits: Floats, repositories: Integers) -> tuple[float, int]:
    """The mean logit, with repositories weighted by the square root of their rows, and the number of repositories."""
    found, inverse, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    return float(np.average(logits, weights=1 / np.sqrt(counts[inverse]))), len(found)
