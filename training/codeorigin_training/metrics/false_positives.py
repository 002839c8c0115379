"""False positives at the thresholds: by language, group and population, and in the worst repositories."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.promise import Group
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.metrics.answers import answers_alone, answers_in_files
from codeorigin_training.metrics.shares import called_share
from codeorigin_training.thresholds.by_language import row_groups
from codeorigin_training.thresholds.context import file_numbers
from codeorigin_training.thresholds.eligibility import has_verdict
from codeorigin_training.thresholds.risk_control import population

_TAIL_SHARE, _TAIL_FEWEST, _WORST_FEWEST = 0.05, 20, 50


def false_positive_figures(
    rows: Sequence[Row], groups: Sequence[Group | None], called: Booleans
) -> dict[str, Any]:
    """Shares of functions that are ``called`` ``llm``, bool ``(n,)``, with repositories weighted equally.

    ``cells`` has human code by population, language (``all`` for all of them) and group (``all``, ``documented``,
    ``bare``), each as by :func:`~codeorigin_training.metrics.shares.called_share`. ``repositories`` has figures of
    single repositories with at least 20 human functions, by population: the mean share of the worst tenth, the number of
    repositories with more than 5 % called, and the worst of those with at least 50 functions. ``found`` has the
    share of LLM code called, by language.
    """
    human = np.array([row.label == 0 for row in rows])
    names = np.array([row.project for row in rows])
    languages = np.array([row.language for row in rows])
    kinds = np.array(["" if group is None else group.value for group in groups])
    populations = np.array([population(row) for row in rows])
    cells, repositories = [], {}
    for where in np.unique(populations[human]).tolist():
        inside = human & (populations == where)
        repositories[where] = _single(called[inside], names[inside])
        for language in ("all", *np.unique(languages[inside]).tolist()):
            spoken = inside if language == "all" else inside & (languages == language)
            for kind in ("all", *(group.value for group in Group)):
                chosen = spoken if kind == "all" else spoken & (kinds == kind)
                if chosen.any():
                    found = called_share(called[chosen], names[chosen])
                    cells.append({"population": where, "language": language, "group": kind, **found})
    found = {}
    for language in ("all", *np.unique(languages[~human]).tolist()):
        chosen = ~human & ((languages == language) | (language == "all"))
        if chosen.any():
            found[language] = called_share(called[chosen], names[chosen])
    return {"cells": cells, "repositories": repositories, "found": found}


def by_text_and_in_file(
    rows: Sequence[Row], logits: Floats, calibration: Calibration
) -> dict[str, dict[str, Any]]:
    """:func:`false_positive_figures` of corpus ``rows`` with ``logits`` ``(n,)`` that are long enough for a verdict.

    ``in_file`` is missing if the calibration has no rule for functions in their file.
    """
    counted = np.array([row.pair is None and has_verdict(row.code, calibration) for row in rows], dtype=bool)
    rows = [row for row, kept in zip(rows, counted.tolist(), strict=True) if kept]
    logits, groups = logits[counted], row_groups(rows)
    by_text = answers_alone(rows, logits, calibration, groups)
    found = {"by_text": false_positive_figures(rows, groups, by_text.answers.llm)}
    told = answers_in_files(rows, logits, calibration, file_numbers(rows), groups)
    if told is not None:
        found["in_file"] = false_positive_figures(rows, groups, told.answers.llm)
    return found


def _rates(called: Booleans, names: npt.NDArray[np.str_]) -> tuple[Floats, Integers]:
    """The share called and the number of functions of every repository."""
    _, index, counts = np.unique(names, return_inverse=True, return_counts=True)
    return np.bincount(index, weights=called.astype(np.float64)) / counts, counts.astype(np.int64)


def _single(called: Booleans, names: npt.NDArray[np.str_]) -> dict[str, Any]:
    rates, counts = _rates(called, names)
    counted = np.sort(rates[counts >= _TAIL_FEWEST])[::-1]
    large = rates[counts >= _WORST_FEWEST]
    return {
        "repositories": len(counted),
        "worst_tenth": float(counted[: int(np.ceil(len(counted) / 10))].mean()) if len(counted) else None,
        "over_5_percent": int((counted > _TAIL_SHARE).sum()),
        "large_repositories": len(large),
        "worst_large": float(large.max()) if len(large) else None,
    }
