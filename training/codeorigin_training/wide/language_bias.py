"""One bias a language, so that one logit means one thing in all of them.

Regressions without an intercept say of an ordinary TypeScript function that it leans to an LLM, of an ordinary C
function that it does not: there is more LLM code in one language and more old code in the other. Half-way between a
language's human-written and its LLM-written functions is where both are equally likely, whatever the language.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.corpus.rows import DISTRIBUTION_SOURCE, Row

_PRIOR_REPOSITORIES = 10
"""A language with so many repositories is moved half of the way."""

_FEWEST_FUNCTIONS = 20


def fit_language_bias(rows: Sequence[Row], logits: Floats) -> dict[str, float]:
    """What to add to the logits of each language's functions, in logits; 0 over all languages together.

    Args:
        rows: functions of both classes; pairs and a distribution's packages are left out.
        logits: ``(n,)`` by models that saw none of the rows' repositories.

    Returns:
        By language; a language with fewer than 20 functions of a class is not in it.
    """
    known = np.array([row.pair is None and row.source != DISTRIBUTION_SOURCE for row in rows], dtype=bool)
    labels = np.array([row.label for row in rows], dtype=np.int64)
    languages = np.array([row.language for row in rows])
    repositories = np.unique([row.repo for row in rows], return_inverse=True)[1].astype(np.int64)

    def middle(chosen: Booleans) -> tuple[float, int] | None:
        """Half-way between the classes' means, and the repositories of the scarcer class."""
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
    """The bias ``(n,)`` of each row's language; 0 where it has none."""
    return np.array([bias.get(row.language, 0.0) for row in rows], dtype=np.float64)


def cross_fitted_biases(rows: Sequence[Row], logits: Floats, folds: Integers) -> Floats:
    """The bias ``(n,)`` of each row, fitted on the rows of the other ``folds`` ``(n,)`` alone."""
    result = np.zeros(len(rows))
    for fold in np.unique(folds):
        inside = folds == fold
        others = np.flatnonzero(~inside).tolist()
        bias = fit_language_bias([rows[number] for number in others], logits[others])
        result[inside] = language_biases(bias, [rows[number] for number in np.flatnonzero(inside).tolist()])
    return result


def _mean(logits: Floats, repositories: Integers) -> tuple[float, int]:
    """The mean logit, repositories by the root of their rows, and how many repositories there are."""
    found, inverse, counts = np.unique(repositories, return_inverse=True, return_counts=True)
    return float(np.average(logits, weights=1 / np.sqrt(counts[inverse]))), len(found)
