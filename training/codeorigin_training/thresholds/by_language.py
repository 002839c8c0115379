"""Thresholds for all code, for languages and for groups within a language, as far as the repositories allow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from codeorigin.model.calibration.promise import Group, Tail, group_of
from codeorigin.model.calibration.scale import Scale, Thresholds
from codeorigin.model.reading.normalize import normalize
from codeorigin_training.arrays import Booleans, Floats, Integers
from codeorigin_training.data.rows import Row
from codeorigin_training.thresholds.conformal import human_threshold, survival_curve
from codeorigin_training.thresholds.risk_control import (
    HumanScores,
    PromiseSettings,
    mean_bound,
    population,
    tail_bound,
)
from codeorigin_training.thresholds.temperature import fit_temperature

Groups = Sequence[Group | None]


def row_groups(rows: Sequence[Row]) -> list[Group]:
    """The group of every row, by the server's rule on the text that the model reads."""
    return [group_of(normalize(row.code, row.language).text, row.language) for row in rows]


@dataclass(frozen=True, slots=True)
class Levels:
    """Thresholds of a :class:`~codeorigin.model.scale.Scale`, and what they promise about single repositories."""

    default: Thresholds
    languages: Mapping[str, Thresholds]
    groups: Mapping[str, Mapping[Group, Thresholds]]
    tail: Tail | None

    def scale(
        self, rows: Sequence[Row], logits: Floats, weights: Floats, rate: float, *, points: int
    ) -> Scale:
        """Combine these thresholds, which guarantee ``rate``, with temperature and curve from logits ``(n,)``.

        ``weights`` ``(n,)`` are those of the temperature; the curve has at most ``points`` points.
        """
        labels = np.array([row.label for row in rows], dtype=np.int64)
        human = labels == 0
        modern = human & np.array([row.modern for row in rows])
        curve = modern if modern.any() else human
        repositories = np.unique([row.project for row in rows], return_inverse=True)[1].astype(np.int64)
        temperature, shift = fit_temperature(logits, labels, weights)
        curve_logits, shares = survival_curve(logits[curve], repositories[curve], points)
        return Scale(
            temperature=temperature,
            shift=shift,
            false_positive_rate=rate,
            default=self.default,
            languages=self.languages,
            human_logits=tuple(round(float(value), 5) for value in curve_logits),
            human_shares=tuple(round(float(value), 6) for value in shares),
            groups=self.groups,
            tail=self.tail,
        )


def no_levels(logits: Floats, labels: Integers, repositories: Integers, human_rate: float) -> Levels:
    """Levels that never say ``llm``, for when nothing can be promised; all arrays are ``(n,)``."""
    human, llm = labels == 0, labels == 1
    lower = human_threshold(logits[human], np.inf, logits[llm], repositories[llm], human_rate)
    return Levels(Thresholds(np.inf, lower), {}, {}, None)


def fit_levels(
    rows: Sequence[Row],
    logits: Floats,
    config: PromiseSettings,
    groups: Groups | None = None,
) -> Levels | None:
    """Fit thresholds to out-of-sample ``logits`` ``(n,)`` of ``rows`` of both classes.

    A language has its own promise if its repositories allow both bounds of
    :mod:`~codeorigin_training.thresholds.risk_control`. A group needs only the bound on the mean; it takes the bound on
    accused repositories from its language, so that it holds for a project's functions of all groups together. If a
    language or group has enough repositories only with all its populations pooled, its threshold is no lower than that
    of all code, since otherwise one population could stand in for another, such as old code for today's.

    A language or group without its own promise uses its parent's ``llm`` threshold, or a higher one if its own code
    requires that. Its ``human`` threshold is its parent's, so the range of ``unsure`` gets wider.

    Args:
        rows: corpus rows.
        logits: raw out-of-sample logits ``(n,)``.
        config: rates and sizes.
        groups: from :func:`row_groups`; None for a scale without groups.

    Returns:
        None if there are too few repositories for any promise.
    """
    return _Fit(rows, logits, config, groups).levels()


class _Fit:
    def __init__(
        self, rows: Sequence[Row], logits: Floats, config: PromiseSettings, groups: Groups | None
    ) -> None:
        self.config, self.logits = config, logits
        self.languages = np.array([row.language for row in rows])
        self.groups = None if groups is None else np.array([group.value if group else "" for group in groups])
        self.repositories: Integers = np.unique([row.project for row in rows], return_inverse=True)[1].astype(
            np.int64
        )
        self.populations = np.array([population(row) for row in rows])
        labels = np.array([row.label for row in rows], dtype=np.int64)
        self.human, self.llm = labels == 0, labels == 1

    def levels(self) -> Levels | None:
        everywhere = np.ones(len(self.logits), dtype=bool)
        human = self._human(everywhere)
        mean, tail = mean_bound(human, self.config), tail_bound(human, self.config)
        if mean.promised is None:
            return None
        llm = max(mean.lowest, tail.lowest)
        default = Thresholds(llm, self._lower(everywhere, llm), mean.repositories)
        has_tail = tail.promised is not None
        languages: dict[str, Thresholds] = {}
        groups: dict[str, dict[Group, Thresholds]] = {}
        for name in np.unique(self.languages).tolist():
            inside = self.languages == name
            own, floor = self._language(inside, default, has_tail=has_tail)
            if own != default:
                languages[name] = own
            if self.groups is not None and (found := self._groups(inside, own, floor, default)):
                groups[name] = found
        config = self.config
        return Levels(
            default,
            languages,
            groups,
            Tail(config.tail_share, config.tail_rate, config.tail_fewest) if has_tail else None,
        )

    def _language(self, inside: Booleans, default: Thresholds, *, has_tail: bool) -> tuple[Thresholds, float]:
        """The thresholds of a language, and the lower bound for its groups from accused repositories."""
        human = self._human(inside)
        mean, tail = mean_bound(human, self.config), tail_bound(human, self.config)
        floor = max(tail.lowest, default.llm) if mean.together else tail.lowest
        lowest = max(mean.lowest, floor)
        if mean.promised is not None and (tail.promised is not None or not has_tail):
            return Thresholds(lowest, self._lower(inside, lowest, default.human), mean.repositories), floor
        llm = max(default.llm, lowest)
        if llm == default.llm:
            return default, default.llm
        return Thresholds(llm, default.human), llm

    def _groups(
        self, inside: Booleans, language: Thresholds, floor: float, default: Thresholds
    ) -> dict[Group, Thresholds]:
        found: dict[Group, Thresholds] = {}
        for group in (Group.DOCUMENTED, Group.BARE):
            mean = mean_bound(self._human(inside & (self.groups == group.value)), self.config)
            own = mean.promised is not None and language.repositories is not None
            llm = max(mean.lowest, floor if own else language.llm, default.llm if mean.together else -np.inf)
            if own or llm > language.llm:
                found[group] = Thresholds(llm, min(language.human, llm), mean.repositories if own else None)
        return found

    def _human(self, inside: Booleans) -> HumanScores:
        chosen = self.human & inside
        return HumanScores(self.logits[chosen], self.repositories[chosen], self.populations[chosen])

    def _lower(self, inside: Booleans, llm: float, otherwise: float = np.inf) -> float:
        """The bound of band ``human``; at most ``otherwise`` if the LLM code comes from few repositories."""
        human, written = self.human & inside, self.llm & inside
        if not written.any():
            return min(otherwise, llm)
        bound = human_threshold(
            self.logits[human], llm, self.logits[written], self.repositories[written], self.config.human_rate
        )
        few = len(np.unique(self.repositories[written])) < self.config.fewest_evidence
        return min(bound, otherwise) if few else bound
