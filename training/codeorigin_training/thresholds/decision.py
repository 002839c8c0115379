"""Decides whether a deep part is worth its cost: it must rank better, and harm neither pairs nor promises."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from codeorigin.errors import CodeOriginError
from codeorigin.model.calibration.calibration import Calibration
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.corpus.rows import Row
from codeorigin_training.corpus.splits import unit_hash
from codeorigin_training.corpus.weights import balanced_or_equal_weights
from codeorigin_training.metrics.answers import answers_alone
from codeorigin_training.metrics.held_out import detector_metrics
from codeorigin_training.run import Log
from codeorigin_training.thresholds.by_language import Groups, row_groups
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.conformal import repository_rate
from codeorigin_training.thresholds.eligibility import has_verdict
from codeorigin_training.thresholds.fit import fit_calibration
from codeorigin_training.thresholds.refined import fit_refined, in_steps
from codeorigin_training.thresholds.risk_control import population

_GAINED = {"old_human": "old human code", "modern_human": "modern human code"}
_KEPT = {"pairs": "pairs", "written_pairs": "written pairs"}
_HALVES = 2


@dataclass(frozen=True, slots=True)
class Called:
    """Shares of human and of LLM code called ``llm`` by thresholds fitted on other repositories.

    Repositories have equal weight. ``human`` is by population.
    """

    human: dict[str, float]
    llm: float


def deep_part_helps(
    rows: Sequence[Row],
    wide: Floats,
    deep: Floats,
    calibration: Calibration,
    groups: Groups,
    config: CalibrateConfig,
    log: Log,
) -> bool:
    """Whether to keep the deep part, given logits ``(n,)`` of ``rows`` from models that did not see their repositories.

    It has to gain ``config.deep_gain`` AUROC against both old and modern human code, and must not lose any on pairs.
    If half of the corpus' repositories are enough to fit thresholds, each half is also tested on the other: human code
    must not be called ``llm`` more often than both ``config.rate`` and the wide part alone allow, and at least as much
    LLM code must be found as without the deep part.

    Args:
        rows: the corpus' functions first, then pairs.
        wide: logits ``(n,)`` of the wide part, including its bias.
        deep: logits ``(n,)`` of the deep part alone.
        calibration: would be served with the deep part; includes the scales of refined verdicts if it is to refine.
        groups: groups of the functions from :func:`~codeorigin_training.thresholds.by_language.row_groups`.
        config: rates and the smallest gain.
        log: receives what was compared, and every reason against the deep part.
    """
    count = len(groups)
    first, later = in_steps(wide, deep, refine=config.refine)
    # Refined and unrefined verdicts are ranked together by their log-odds, as users see them.
    ranked = answers_alone(rows, first, calibration, [*groups, *row_groups(rows[count:])], later).log_odds
    reasons = [
        *_lost_ranking(detector_metrics(rows, wide), detector_metrics(rows, ranked), config.deep_gain, log)
    ]
    crosswise = [
        _crosswise(rows[:count], wide[:count], part, groups, config) for part in (None, deep[:count])
    ]
    if crosswise[0] is None or crosswise[1] is None:
        log("promises were not compared crosswise: half of the repositories are too few for one")
    else:
        reasons += _lost_promises(crosswise[0], crosswise[1], config.rate)
    for reason in reasons:
        log(f"the deep part is left out: {reason}")
    return not reasons


def _lost_ranking(before: dict[str, Any], after: dict[str, Any], least: float, log: Log) -> Iterator[str]:
    for name, title in (_GAINED | _KEPT).items():
        old, new = before[name]["auroc"], after[name]["auroc"]
        # NaN or None: there are no such rows.
        known = all(each is not None and np.isfinite(each) for each in (old, new))
        if known:
            log(f"AUROC on {title}: wide {old:.4f}, with deep {new:.4f}")
        if name in _GAINED and not (known and new - old >= least):
            yield f"it does not gain {least:g} AUROC on {title}"
        elif name in _KEPT and known and new < old:
            yield f"it loses AUROC on {title}"


def _lost_promises(before: Called, after: Called, rate: float) -> Iterator[str]:
    for name, share in after.human.items():
        if share > max(rate, before.human[name]):
            yield f"{share:.2%} of {name} human code would be called llm, {before.human[name]:.2%} without it"
    if after.llm < before.llm:
        yield f"{after.llm:.1%} of LLM code would be found, {before.llm:.1%} without it"


def _crosswise(
    rows: Sequence[Row], wide: Floats, deep: Floats | None, groups: Groups, config: CalibrateConfig
) -> Called | None:
    """Apply the thresholds of each half of the repositories to the other half; None if a half is too small."""
    half = np.array([int(unit_hash(row.project, "decision") * _HALVES) for row in rows], dtype=np.int64)
    first, later = in_steps(wide, deep, refine=config.refine)
    llm = np.zeros(len(rows), dtype=bool)
    for number in range(_HALVES):
        inner, outer = (_Part.of(rows, first, later, groups, half == each) for each in (1 - number, number))
        fitted = inner.fitted(config)
        if fitted is None:
            return None
        answered = answers_alone(outer.rows, outer.first, fitted, outer.groups, outer.later)
        llm[half == number] = answered.answers.llm
    return _called(rows, llm, config)


@dataclass(frozen=True, slots=True)
class _Part:
    """Some of the functions, with their logits ``(k,)`` for each step."""

    rows: list[Row]
    first: Floats
    later: Floats | None
    groups: Groups

    @classmethod
    def of(
        cls, rows: Sequence[Row], first: Floats, later: Floats | None, groups: Groups, among: Booleans
    ) -> "_Part":
        chosen = np.flatnonzero(among).tolist()
        return cls(
            [rows[each] for each in chosen],
            first[among],
            None if later is None else later[among],
            [groups[each] for each in chosen],
        )

    def fitted(self, config: CalibrateConfig) -> Calibration | None:
        weights = balanced_or_equal_weights(self.rows)
        try:
            calibration = fit_calibration(self.rows, self.first, weights, config, self.groups)
        except CodeOriginError:
            return None
        if self.later is None:
            return calibration
        refined = fit_refined(self.rows, self.first, self.later, calibration, config, self.groups)
        return None if refined is None else replace(calibration, refined=refined)


def _called(rows: Sequence[Row], llm: Booleans, config: CalibrateConfig) -> Called:
    judged = np.array([has_verdict(row.code, config) for row in rows], dtype=bool)
    labels = np.array([row.label for row in rows])
    kinds = np.array([population(row) for row in rows])
    repositories = np.unique([row.project for row in rows], return_inverse=True)[1].astype(np.int64)

    def share(among: Booleans) -> float:
        return repository_rate(llm[among], repositories[among])

    human = judged & (labels == 0)
    return Called(
        {str(name): share(human & (kinds == name)) for name in np.unique(kinds[human])},
        share(judged & (labels == 1)),
    )
