"""What a model makes of code outside of functions: how far it tells it apart, and what a promise leaves of that."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from codeorigin.model.pooled_rule import counted_lines
from codeorigin.model.scale import Scale
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.calibrate.promises import DISTRIBUTION, PUBLISHED, population
from codeorigin_training.corpus.rows import Row
from codeorigin_training.measure.false_positives import false_positive_figures
from codeorigin_training.measure.metrics import auroc, bootstrap_interval

LENGTH_EDGES = (4, 10, 20, 40)
"""First numbers of lines, blank ones apart, of the length classes after the first."""


def calls_of(rows: Sequence[Row], called: Booleans) -> dict[str, Any]:
    """:func:`~codeorigin_training.measure.false_positives.false_positive_figures` with ``Row.unit`` as units.

    ``called`` is bool ``(n,)``.
    """
    rows = [replace(row, repo=row.unit) for row in rows]
    return false_positive_figures(rows, [None] * len(rows), called)


def told_apart(calls: Mapping[str, Any], fewest: int) -> frozenset[str]:
    """The languages in which a promise leaves something to find, by :func:`calls_of` cross-fitted thresholds.

    Surely more of their LLM code is called ``llm`` than of any kind of their human code: the intervals do not touch,
    and the LLM code is of ``fewest`` units at least. Where that does not hold, ``llm`` says nothing about a script.
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
    """Between which probabilities nine in ten units with ``logits`` ``(n,)`` lie."""
    low, high = np.quantile(logits, [0.05, 0.95])
    return [scale.probability(float(low)), scale.probability(float(high))]


def ranking_figures(rows: Sequence[Row], logits: Floats) -> dict[str, list[dict[str, Any]]]:
    """How far ``logits`` ``(n,)`` rank LLM code above human code: ``languages`` and ``lengths``.

    ``languages`` compares within a language with each kind of human code, ``lengths`` within classes of lines. Published
    answers are compared inside sources that hold both classes alone, and all code with code of its class of lines, so
    that neither the kind of program nor its length tells them apart; programs of packages are of another kind.
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
    """AUROC within classes of ``length``, with its interval by bootstrap over units; None where no class has both."""
    index = np.flatnonzero(inside)
    labels = np.array([rows[each].label for each in index.tolist()], dtype=np.int64)
    units = np.unique([rows[each].unit for each in index.tolist()], return_inverse=True)[1].astype(np.int64)
    scores, classes = logits[index], length[index]

    def within(drawn: Integers) -> float:
        """The mean over classes of length, each weighing as its rarer label."""
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
