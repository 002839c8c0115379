"""Sampling of training rows: balanced over groups, and in couples that differ in little else than their class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin_training.arrays import Floats, Integers
from codeorigin_training.encoder.data import length_batches
from codeorigin_training.finetune.config import SamplingSettings
from codeorigin_training.finetune.examples import Examples

_RAKING_ROUNDS = 20
_DRAWS_A_ROUND = 20_000


@dataclass(frozen=True, slots=True)
class Draw:
    """One batch: ``rows`` ``(B,)`` and, for each, the position of its companion in the batch, or -1."""

    rows: Integers
    companions: Integers

    @property
    def couples(self) -> Integers:
        """Positions ``(P, 2)`` of the rows of every couple, each couple once."""
        places = np.arange(len(self.rows))
        left = places[(self.companions >= 0) & (places < self.companions)]
        return np.stack([left, self.companions[left]], axis=1)


def tempered_weights(weights: Floats, labels: Integers, groups: Sequence[tuple[Integers, float]]) -> Floats:
    """Weights whose sums over the values of each group follow the group's temperature.

    Within a class, the sum of a value becomes proportional to its previous sum to the power of the temperature; the
    sums of the classes do not change. Several groups are combined by raking (iterative proportional fitting; Deming and
    Stephan, 1940); the last one is matched exactly.

    Args:
        weights: ``(n,)``, 0 for rows that are never drawn.
        labels: ``(n,)``, 0 or 1.
        groups: codes ``(n,)`` and temperature in [0, 1]; 1 keeps the sums.
    """
    if all(temperature == 1 for _, temperature in groups):
        return weights
    codes, targets = [], []
    for values, temperature in groups:
        both = values * 2 + labels
        mass = np.bincount(both, weights)
        target = np.where(mass > 0, np.maximum(mass, 1e-300) ** temperature, 0.0)
        for label in (0, 1):
            if target[label::2].sum() > 0:
                target[label::2] *= mass[label::2].sum() / target[label::2].sum()
        codes.append(both)
        targets.append(target)
    raked = weights.astype(np.float64)
    for _ in range(_RAKING_ROUNDS):
        for both, target in zip(codes, targets, strict=True):
            mass = np.bincount(both, raked, minlength=len(target))
            raked = raked * (target / np.where(mass > 0, mass, 1.0))[both]
    return raked


class Sampler:
    """Draws rounds of batches from examples. The same generator state gives the same round."""

    def __init__(self, examples: Examples, settings: SamplingSettings, context: int) -> None:
        """Prepare to draw non-empty rows with a positive weight, of which at most ``context`` tokens are read."""
        self._settings = settings
        groups = examples.groups
        self._lengths = np.array([min(len(ids), context) for ids in examples.tokens], dtype=np.int64)
        weights = np.where(self._lengths > 0, examples.weights, 0.0)
        weights = tempered_weights(
            weights,
            examples.labels,
            [
                (groups.agents, settings.agent),
                (groups.languages, settings.language),
                (groups.repositories, settings.repository),
                # Last, and therefore exact: the classes stay balanced in every cell.
                (groups.cells, 1.0),
            ],
        )
        self._partner = _partners(groups.tasks, examples.labels, weights)
        if settings.couple_pairs:
            # Every draw includes the partner, so half the draws show a pair as often as its weight says.
            weights = np.where(self._partner >= 0, weights / 2, weights)
        self._drawable = np.flatnonzero(weights > 0)
        self._weights = weights
        self._probability = weights[self._drawable] / weights[self._drawable].sum()
        self._labels, self._repositories = examples.labels, groups.repositories
        self._opposite = (
            _opposites(groups.repositories, examples.labels, weights) if settings.couple_share else {}
        )

    @property
    def probability(self) -> Floats:
        """Probability ``(n,)`` of drawing each row, not counting companions."""
        full = np.zeros(len(self._weights))
        full[self._drawable] = self._probability
        return full

    def rows(self, generator: np.random.Generator, count: int) -> Integers:
        """Rows ``(count,)``, int64, drawn with replacement; with ``each_row_once``, all rows once in random order."""
        if self._settings.each_row_once:
            return generator.permutation(self._drawable)
        return generator.choice(self._drawable, size=count, p=self._probability)

    @property
    def count(self) -> int:
        """Number of rows that can be drawn, which is also the number of draws in an epoch."""
        return len(self._drawable)

    def epoch(self, generator: np.random.Generator, rows_per_batch: int) -> list[Draw]:
        """Batches of ``rows_per_batch`` draws each, with as many draws as there are rows; companions are extra."""
        rows = self.rows(generator, self.count)
        companions = self.companions(rows, generator)
        draws = []
        for start in range(0, len(rows), rows_per_batch):
            own, theirs = rows[start : start + rows_per_batch], companions[start : start + rows_per_batch]
            coupled = couple_draw(own[theirs >= 0], theirs[theirs >= 0])
            alone = own[theirs < 0]
            none = np.full(len(alone), -1, dtype=np.int64)
            draws.append(
                Draw(
                    np.concatenate([coupled.rows, alone]),
                    np.concatenate([coupled.companions, none]),
                )
            )
        return draws

    def round(self, generator: np.random.Generator, tokens_per_batch: int) -> list[Draw]:
        """Batches of rows of similar length from at most 20,000 draws; couples are in separate batches."""
        drawn = self.rows(generator, min(len(self._drawable), _DRAWS_A_ROUND))
        companions = self.companions(drawn, generator)
        single = companions < 0
        lengths = np.maximum(self._lengths[drawn], np.where(single, 0, self._lengths[companions]))
        batches = [
            Draw(drawn[chosen], np.full(len(chosen), -1, dtype=np.int64))
            for chosen in _batches(lengths, np.flatnonzero(single), tokens_per_batch, generator)
        ]
        batches += [
            couple_draw(drawn[chosen], companions[chosen])
            for chosen in _batches(lengths, np.flatnonzero(~single), max(1, tokens_per_batch // 2), generator)
        ]
        order = generator.permutation(len(batches))
        return [batches[number] for number in order]

    def companions(self, rows: Integers, generator: np.random.Generator) -> Integers:
        """For each of ``rows`` ``(k,)``, a row of the other class: its partner, one of its repository, or -1."""
        chosen = np.full(len(rows), -1, dtype=np.int64)
        if self._settings.couple_pairs:
            chosen = self._partner[rows].copy()
        if self._settings.couple_share:
            wanted = (chosen < 0) & (generator.random(len(rows)) < self._settings.couple_share)
            for number in np.flatnonzero(wanted):
                key = (int(self._repositories[rows[number]]), int(self._labels[rows[number]]))
                if (found := self._opposite.get(key)) is not None:
                    candidates, cumulated = found
                    place = np.searchsorted(cumulated, generator.random() * cumulated[-1], side="right")
                    chosen[number] = candidates[min(int(place), len(candidates) - 1)]
        return chosen


def couple_draw(rows: Integers, companions: Integers) -> Draw:
    """A batch of ``rows`` followed by their ``companions``, both ``(k,)``."""
    places = np.arange(len(rows), dtype=np.int64)
    return Draw(np.concatenate([rows, companions]), np.concatenate([places + len(rows), places]))


def _batches(
    lengths: Integers, order: Integers, tokens_per_batch: int, generator: np.random.Generator
) -> list[Integers]:
    return list(length_batches(lengths, order, tokens_per_batch, generator)) if len(order) else []


def _partners(tasks: Integers, labels: Integers, weights: Floats) -> Integers:
    """The drawable row ``(n,)`` of the same task and the other class, or -1."""
    partner = np.full(len(tasks), -1, dtype=np.int64)
    by_task: dict[tuple[int, int], int] = {}
    members = np.flatnonzero((tasks >= 0) & (weights > 0))
    for row in members:
        by_task.setdefault((int(tasks[row]), int(labels[row])), int(row))
    for row in members:
        partner[row] = by_task.get((int(tasks[row]), 1 - int(labels[row])), -1)
    return partner


def _opposites(
    repositories: Integers, labels: Integers, weights: Floats
) -> dict[tuple[int, int], tuple[Integers, Floats]]:
    """By repository and label: the rows in the repository with the *other* label, and their cumulative weights."""
    drawable = np.flatnonzero(weights > 0)
    keys = repositories[drawable] * 2 + labels[drawable]
    order = np.argsort(keys, kind="stable")
    values, starts = np.unique(keys[order], return_index=True)
    return {
        (int(value) // 2, 1 - int(value) % 2): (members, np.cumsum(weights[members]))
        for value, members in zip(values, np.split(drawable[order], starts[1:]), strict=True)
    }
