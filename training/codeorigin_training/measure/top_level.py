"""Measures a model on code outside functions: how well it ranks it, and what promised thresholds still find."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from codeorigin.model.calibration.pooled_rule import counted_lines
from codeorigin.model.calibration.scale import Scale
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.calibrate.promises import DISTRIBUTION, PUBLISHED, population
from codeorigin_training.corpus.rows import Row
from codeorigin_training.measure.false_positives import false_positive_figures
from codeorigin_training.measure.metrics import auroc, bootstrap_interval

LENGTH_EDGES = (4, 10, 20, 40)
"""Lower bounds, in non-blank lines, of the length classes after the first."""


def calls_of(rows: Sequence[Row], called: Booleans) -> dict[str, Any]:
    """:func:`~codeorigin_training.measure.false_positives.false_positive_figures` with ``Row.unit`` as units.

    ``called`` is bool ``(n,)``.
    """
    rows = [replace(row, repo=row.unit) for row in rows]
    return false_positive_figures(rows, [None] * len(rows), called)


def told_apart(calls: Mapping[str, Any], fewest: int) -> frozenset[str]:
    """The languages in which promised thresholds still find LLM code, by :func:`calls_of` cross-fitted thresholds.

    In these, clearly more of the LLM code than of any kind of human code is called ``llm``: the intervals do not
    overlap, and the LLM code comes from at least ``fewest`` units. Elsewhere, ``llm`` says nothing about a script.
    """
    human: dict[str, float] = {}
    for cell in calls["cells"]:
        if cell["group"] == "all":
            human[cell["language"]] = max(human.get(cell["language"], 0.0), cell["interval_90"][1])
    return frozenset(
        name
        for name, found in calls["found"].items()
        if name != "all"
        and name in human
        and found["repositories"] >= fewest
        and found["interval_90"][0] > human[name]
    )


def probability_range(logits: Floats, scale: Scale) -> list[float]:
    """The 5th and 95th percentiles of the probabilities of units with ``logits`` ``(n,)``."""
    low, high = np.quantile(logits, [0.05, 0.95])
    return [scale.probability(float(low)), scale.probability(float(high))]


def ranking_figures(rows: Sequence[Row], logits: Floats) -> dict[str, list[dict[str, Any]]]:
    """How well ``logits`` ``(n,)`` rank LLM code above human code: ``languages`` and ``lengths``.

    ``languages`` compares with each kind of human code within a language, ``lengths`` within length classes. Published
    answers are compared only inside sources that have both classes, and all code only with code of its length class,
    so that neither the kind of program nor its length tells them apart; programs of packages are of another kind.
    """
    languages = np.array([row.language for row in rows])
    kinds = np.array(["llm" if row.label else population(row) for row in rows])
    sources = np.array([row.project for row in rows])
    both = set(sources[kinds == "llm"].tolist()) & set(sources[kinds == PUBLISHED].tolist())
    length = np.digitize([counted_lines(row.code) for row in rows], LENGTH_EDGES)
    sides = {
        DISTRIBUTION: np.isin(kinds, ["llm", DISTRIBUTION]),
        PUBLISHED: np.isin(sources, sorted(both)),
    }
    by_language = [
        {"language": name, "human": kind, **found}
        for name in np.unique(languages).tolist()
        for kind, side in sides.items()
        if (found := _ranked(rows, logits, (languages == name) & side, length))
    ]
    edges = [1, *LENGTH_EDGES]
    titles = [f"{low}-{high - 1}" for low, high in pairwise(edges)] + [f"{edges[-1]}+"]
    by_length = [
        {"lines": title, **found}
        for number, title in enumerate(titles)
        if (found := _ranked(rows, logits, sides[PUBLISHED] & (length == number), length))
    ]
    return {"languages": by_language, "lengths": by_length}


def _ranked(rows: Sequence[Row], logits: Floats, inside: Booleans, length: Integers) -> dict[str, Any] | None:
    """AUROC within classes of ``length``, with a bootstrap interval over units; None if no class has both labels."""
    index = np.flatnonzero(inside)
    labels = np.array([rows[each].label for each in index.tolist()], dtype=np.int64)
    units = np.unique([rows[each].unit for each in index.tolist()], return_inverse=True)[1].astype(np.int64)
    scores, classes = logits[index], length[index]

    def within(drawn: Integers) -> float:
        """The mean over length classes, each weighted by the count of its rarer label."""
        total = weight = 0.0
        for number in np.unique(classes[drawn]).tolist():
            members = drawn[classes[drawn] == number]
            fewer = min(int(labels[members].sum()), int((labels[members] == 0).sum()))
            if fewer:
                total += fewer * auroc(labels[members], scores[members])
                weight += fewer
        return total / weight if weight else float("nan")

    value = within(np.arange(len(index), dtype=np.int64))
    if np.isnan(value):
        return None
    return {
        "auroc": value,
        "auroc_interval_90": list(bootstrap_interval(units, within)),
        "human_units": int((labels == 0).sum()),
        "llm_units": int(labels.sum()),
    }
