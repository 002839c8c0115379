"""False positives at the thresholds: by language and population, and in the worst repositories."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from codeorigin_training.arrays import Booleans
from codeorigin_training.data.rows import Row, labels_of, rows_where
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.shares import called_share
from codeorigin_training.thresholds.shares import expected_rate_bound, population

_TAIL_SHARE, _TAIL_FEWEST, _WORST_FEWEST = 0.05, 20, 50


def false_positive_figures(rows: Sequence[Row], called: Booleans, human_called: Booleans) -> dict[str, Any]:
    """Shares of functions that are ``called`` ``llm`` or ``human``, bool ``(n,)``, with repositories weighted equally.

    ``cells`` has human code by population and language (``all`` for all of them), each as by
    :func:`~codeorigin_training.metrics.shares.called_share`. ``repositories`` has figures of single repositories with
    at least 20 human functions, by population: the mean share of the worst tenth, the number of repositories with more
    than 5 % called, the worst of those with at least 50 functions, and a ``bound`` on the expected share of a new
    repository that holds for any distribution of scores. ``found`` has the share of LLM code called ``llm``,
    by language, and ``open`` the share of it called neither.
    """
    human = labels_of(rows) == 0
    names = np.array([row.project for row in rows])
    languages = np.array([row.language for row in rows])
    populations = np.array([population(row) for row in rows])
    cells, repositories = [], {}
    for where in np.unique(populations[human]).tolist():
        inside = human & (populations == where)
        repositories[where] = _single(called[inside], names[inside])
        for language in ("all", *np.unique(languages[inside]).tolist()):
            chosen = inside if language == "all" else inside & (languages == language)
            cells.append(
                {"population": where, "language": language, **called_share(called[chosen], names[chosen])}
            )
    found, still_open = {}, {}
    for language in ("all", *np.unique(languages[~human]).tolist()):
        chosen = ~human & ((languages == language) | (language == "all"))
        if chosen.any():
            found[language] = called_share(called[chosen], names[chosen])
            still_open[language] = called_share(~(called | human_called)[chosen], names[chosen])
    return {"cells": cells, "repositories": repositories, "found": found, "open": still_open}


def in_contexts(
    rows: Sequence[Row], contexts: Mapping[str, Answers], counted: Booleans
) -> dict[str, dict[str, Any]]:
    """:func:`false_positive_figures` of the ``counted`` ones of ``rows``, bool ``(n,)``, for every way to judge them."""
    inside = rows_where(rows, counted)
    return {
        name: false_positive_figures(inside, found.llm[counted], found.human[counted])
        for name, found in contexts.items()
    }


def _single(called: Booleans, names: npt.NDArray[np.str_]) -> dict[str, Any]:
    _, index, counts = np.unique(names, return_inverse=True, return_counts=True)
    rates = np.bincount(index, weights=called.astype(np.float64)) / counts
    counted = np.sort(rates[counts >= _TAIL_FEWEST])[::-1]
    large = rates[counts >= _WORST_FEWEST]
    return {
        "repositories": len(counted),
        "bound": expected_rate_bound(called, names),
        "worst_tenth": float(counted[: int(np.ceil(len(counted) / 10))].mean()) if len(counted) else None,
        "over_5_percent": int((counted > _TAIL_SHARE).sum()),
        "large_repositories": len(large),
        "worst_large": float(large.max()) if len(large) else None,
    }
