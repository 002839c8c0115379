"""The order in which to read functions: any prefix is a balanced sample of many repositories."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from codeorigin.model.reading.comments import find_comments
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.arrays import Integers
from codeorigin_training.corpus.rows import Row, read_functions, read_human, read_pairs
from codeorigin_training.corpus.splits import is_held_out
from codeorigin_training.corpus.weights import LENGTH_EDGES

_ROUND = ("llm", "old", "llm", "modern", "llm", "distribution", "pair", "llm", "old", "llm", "modern")
"""One round of the order: equal numbers of LLM-written and human-written functions, and both sides of a pair."""

_MIN_LINES = 3
_OF_A_REPOSITORY = 40
"""Maximum number of candidates per repository and class, because computing the strata of all rows takes minutes."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """The strata of a row; ``group`` is one of ``llm``, ``old``, ``modern``, ``distribution``, ``pair``."""

    group: str
    cell: str
    documented: bool


def read_rows(data: Path) -> list[Row]:
    """Every row of ``data``: functions, those of a distribution if there are any, then pairs.

    Raises:
        CorpusError: functions or pairs are missing.
    """
    return [*read_functions(data), *read_human(data), *read_pairs(data)]


def stratum(row: Row) -> Sampled:
    """The strata of ``row``; its cell is language x test x length x documented."""
    documented = bool(find_comments(normalize(row.code, row.language).text, row.language))
    length = int(np.digitize(row.lines, LENGTH_EDGES))
    if row.pair is not None:
        group = "pair"
    elif row.source == "debian":
        group = "distribution"
    else:
        group = "llm" if row.label else "modern" if row.modern else "old"
    return Sampled(group, f"{row.language}|{row.is_test}|{length}|{documented}", documented)


def reading_order(rows: Sequence[Row], seed: int = 0) -> Integers:
    """Indices ``(k,)`` into ``rows`` in the order to read them, without held-out repositories and tiny functions.

    Each round goes through the groups in ``_ROUND``. For each, a cell is drawn with a weight of the square root of its
    rarer class's size, and a row is taken from the repository used least so far. Both sides of a pair are adjacent.
    """
    generator = np.random.default_rng(seed)
    by_group: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    sides: dict[str, list[int]] = defaultdict(list)
    seen: dict[tuple[str, int], int] = defaultdict(int)
    for index in generator.permutation(len(rows)).tolist():
        row = rows[index]
        if is_held_out(row.repo) or row.lines < _MIN_LINES:
            continue
        if row.pair is not None:
            sides[row.pair].append(index)
            continue
        seen[row.repo, row.label] += 1
        if seen[row.repo, row.label] <= _OF_A_REPOSITORY:
            names = stratum(row)
            by_group[names.group][names.cell].append(index)
    shares = _cell_shares(by_group)
    takers = {name: _taken(rows, cells, shares, generator) for name, cells in by_group.items()}
    pairs = iter(sides.values())
    order: list[int] = []
    while True:
        for name in _ROUND:
            found = next(pairs, []) if name == "pair" else _next_of(takers.get(name))
            # Without LLM functions the order is no longer balanced, and the rest is useless on its own.
            if not found and name == "llm":
                return np.array(order, dtype=np.int64)
            order += found


def _next_of(taker: Iterator[int] | None) -> list[int]:
    index = next(taker, None) if taker is not None else None
    return [] if index is None else [index]


def _cell_shares(by_group: dict[str, dict[str, list[int]]]) -> dict[str, float]:
    llm: dict[str, list[int]] = by_group.get("llm", {})
    people: dict[str, int] = defaultdict(int)
    for name, cells in by_group.items():
        if name != "llm":
            for cell, members in cells.items():
                people[cell] += len(members)
    return {
        cell: float(np.sqrt(min(len(found), people[cell]))) for cell, found in llm.items() if people[cell]
    }


def _taken(
    rows: Sequence[Row],
    cells: dict[str, list[int]],
    shares: dict[str, float],
    generator: np.random.Generator,
) -> Iterator[int]:
    """Yield the rows of one group."""
    names = [name for name in cells if name in shares]
    weights = np.array([shares[name] for name in names])
    given: dict[str, int] = defaultdict(int)
    while weights.any():
        place = int(generator.choice(len(names), p=weights / weights.sum()))
        left = cells[names[place]]
        best = min(range(len(left)), key=lambda number: given[rows[left[number]].repo])
        index = left.pop(best)
        given[rows[index].repo] += 1
        if not left:
            weights[place] = 0.0
        yield index
