"""The reading of a logit by a scale, in the form that a verdict has."""

import math
from typing import NamedTuple, TypedDict

from codeorigin.model.calibration.promise import Group, Promise
from codeorigin.model.calibration.scale import Scale, Thresholds
from codeorigin.model.verdict import Band


class Rule(NamedTuple):
    """What a scale says about all functions of one group in one language."""

    thresholds: Thresholds
    llm_threshold: float | None
    human_threshold: float
    promise: Promise | None


class Reading(TypedDict):
    """What a scale says about a logit, with the names of a verdict's fields."""

    probability: float
    band: Band
    human_share: float | None
    llm_threshold: float | None
    human_threshold: float
    promise: Promise | None


def read(scale: Scale, rule: Rule, logit: float) -> Reading:
    """What ``scale`` says about ``logit``, given the scale's ``rule`` for the function."""
    return Reading(
        probability=scale.probability(logit),
        band=_band(rule.thresholds, logit),
        human_share=scale.human_share(logit),
        llm_threshold=rule.llm_threshold,
        human_threshold=rule.human_threshold,
        promise=rule.promise,
    )


def _band(thresholds: Thresholds, logit: float) -> Band:
    if logit >= thresholds.llm:
        return Band.LLM
    return Band.HUMAN if logit <= thresholds.human else Band.UNSURE


def rule_of(scale: Scale, language: str, group: Group) -> Rule:
    """The rule of ``scale`` for a group in a model language; it has no promise if the verdict is never ``llm``."""
    thresholds = scale.thresholds(language, group)
    can_be_llm = math.isfinite(thresholds.llm)
    return Rule(
        thresholds,
        scale.probability(thresholds.llm) if can_be_llm else None,
        scale.probability(thresholds.human),
        scale.promise(language, group) if can_be_llm else None,
    )
