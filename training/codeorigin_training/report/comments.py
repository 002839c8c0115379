"""What the bundle loses on code without its comments, and the functions that this and the controls are measured on."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.data.comments import without_comments
from codeorigin_training.data.rows import Row, labels_of
from codeorigin_training.data.specifications import WRITTEN
from codeorigin_training.data.weights import matched_sample
from codeorigin_training.metrics.data import EvaluationData, unit_numbers
from codeorigin_training.metrics.detector import Logits
from codeorigin_training.metrics.estimates import estimate
from codeorigin_training.metrics.statistics import auroc
from codeorigin_training.metrics.table import AGENTS, MODERN, OLD, PAIRS, WRITTEN_PAIRS, Figure
from codeorigin_training.report.cells import pivot
from codeorigin_training.report.config import EvaluateConfig
from codeorigin_training.report.section import Section

LOST = "AUROC lost"


@dataclass(frozen=True, slots=True)
class Slice:
    """Functions of one kind in random order, alternating between human and LLM code, so that any prefix is a sample."""

    population: str
    rows: tuple[Row, ...]

    @property
    def labels(self) -> Integers:
        """Label of every function, int64 ``(n,)``."""
        return labels_of(self.rows)

    @property
    def groups(self) -> Integers:
        """Repository of every function, int64 ``(n,)``."""
        return unit_numbers(self.rows)


def slices_of(data: EvaluationData, most: int, seed: int) -> list[Slice]:
    """At most ``most`` held-out functions of each kind, without the kinds that lack a class."""
    found = [*era_slices(data.held_out, most, seed), *_pair_slices(data.pairs, most)]
    return [subset for subset in found if len(set(subset.labels.tolist())) == 2]


def era_slices(rows: Sequence[Row], most: int, seed: int) -> list[Slice]:
    """LLM code against old and against modern human code, classes matched within language x test x length."""
    found = []
    for era, modern in ((OLD, False), (MODERN, True)):
        of_era = [row for row in rows if row.label or row.modern is modern]
        drawn = tuple(of_era[number] for number in matched_draw(of_era, most, seed))
        found.append(Slice(f"{AGENTS} against {era}", drawn))
    return found


def matched_draw(rows: Sequence[Row], most: int, seed: int) -> Integers:
    """Indices ``(k,)`` of a matched sample of at most ``most`` rows, alternating between the classes."""
    if not rows:
        return np.zeros(0, dtype=np.int64)
    generator = np.random.default_rng(seed)
    chosen = matched_sample(rows, np.ones(len(rows), dtype=bool), seed)
    labels = np.array([rows[number].label for number in chosen], dtype=np.int64)
    sides = [generator.permutation(chosen[labels == label])[: most // 2] for label in (0, 1)]
    return np.stack(sides, axis=1).reshape(-1) if len(chosen) else chosen


def _pair_slices(rows: Sequence[Row], most: int) -> Iterator[Slice]:
    """Same-task pairs, those of the corpus and those written for this project."""
    sides: dict[str, dict[int, Row]] = defaultdict(dict)
    for row in rows:
        if row.pair is not None:
            sides[row.pair][row.label] = row
    for population, written in ((PAIRS, False), (WRITTEN_PAIRS, True)):
        pairs = [
            (pair[0], pair[1])
            for name, pair in sorted(sides.items())
            if len(pair) == 2 and name.startswith(WRITTEN) is written
        ]
        yield Slice(population, tuple(row for pair in pairs[: most // 2] for row in pair))


def comments_lost(data: EvaluationData, model: Logits, config: EvaluateConfig) -> Section:
    """What every kind of code loses without its comments."""
    figures = tuple(loss_figures(slices_of(data, config.comment_functions, config.seed), model, config))
    return Section(
        title="Without comments",
        note=(
            "Comments and docstrings of both classes of held-out functions are removed. The loss is the AUROC as they "
            "are minus the AUROC without, so positive values mean that something was lost."
        ),
        tables=(pivot(figures, corner="held-out functions"),),
        figures=figures,
    )


def loss_figures(slices: Sequence[Slice], model: Logits, config: EvaluateConfig) -> Iterator[Figure]:
    """The AUROC of every slice as it is minus that of the same functions without comments, paired."""
    for subset in slices:
        bare = [replace(row, code=without_comments(row.code, row.language)[0]) for row in subset.rows]
        loss = partial(_loss, subset.labels, model(subset.rows), model(bare))
        yield estimate(subset.groups, loss, config).named(subset.population, "without comments", LOST)


def _loss(labels: Integers, before: Floats, after: Floats, index: Integers) -> float:
    return auroc(labels[index], before[index]) - auroc(labels[index], after[index])
