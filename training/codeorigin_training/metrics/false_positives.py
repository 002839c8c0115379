"""False positives at the thresholds: by language and population, and in the worst repositories."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from codeorigin_training.arrays import Booleans
from codeorigin_training.data.rows import Row, labels_of, rows_where
from codeorigin_training.metrics.answers import Answers
from codeorigin_training.metrics.shares import called_share
from codeorigin_training.thresholds.shares import population


def false_positive_figures(rows: Sequence[Row], called: Booleans, human_called: Booleans) -> dict[str, Any]:
    """Shares of functions that are ``called`` ``llm`` or ``human``, bool ``(n,)``, with repositories weighted equally.

    ``cells`` has human code by population and language (``all`` for all of them), each as by
    :func:`~codeorigin_training.metrics.shares.called_share`. ``found`` has the share of LLM code called ``llm``,
    by language, and ``open`` the share of it called neither.
    """
    human = labels_of(rows) == 0
    names = np.array([row.project for row in rows])
    languages = np.array([row.language for row in rows])
    populations = np.array([population(row) for row in rows])
    cells = []
    for where in np.unique(populations[human]).tolist():
        inside = human & (populations == where)
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
    return {"cells": cells, "found": found, "open": still_open}


def in_contexts(
    rows: Sequence[Row], contexts: Mapping[str, Answers], counted: Booleans
) -> dict[str, dict[str, Any]]:
    """:func:`false_positive_figures` of the ``counted`` ones of ``rows``, bool ``(n,)``, for every way to judge them."""
    inside = rows_where(rows, counted)
    return {
        name: false_positive_figures(inside, found.llm[counted], found.human[counted])
        for name, found in contexts.items()
    }
