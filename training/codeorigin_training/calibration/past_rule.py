"""Fits the rule for a project's own old functions, and applies it to the corpus."""

from collections.abc import Sequence

import numpy as np

from codeorigin.model.past import PastRule
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.calibration.config import CalibrateConfig
from codeorigin_training.data.rows import Row


def fit_past_rule(
    rows: Sequence[Row], logits: Floats, counted: Booleans, config: CalibrateConfig
) -> PastRule | None:
    """The rule with the quantile that is typical of repositories; None if too few have enough human functions.

    The farthest that a past moves a logit is what a share of ``config.past_farthest`` of repositories does not exceed.

    Args:
        rows: rows of the corpus; packages of a distribution have too few functions of a project, and are left out.
        logits: out-of-sample logits ``(n,)``.
        counted: bool ``(n,)``, the functions with a verdict.
        config: quantile, weight and shrinkage of the rule.
    """
    by_project: dict[str, list[float]] = {}
    for row, logit, is_counted in zip(rows, logits.tolist(), counted.tolist(), strict=True):
        if row.label == 0 and is_counted and not row.is_packaged:
            by_project.setdefault(row.project, []).append(logit)
    large = [found for found in by_project.values() if len(found) >= config.past_fewest_functions]
    if len(large) < config.fewest_repositories:
        return None
    quantiles = np.array([np.quantile(found, config.past_quantile) for found in large])
    sizes = np.array(list(map(len, large)))
    distances = np.maximum(0.0, quantiles - quantiles.mean()) * sizes / (sizes + config.past_prior_functions)
    return PastRule(
        quantile=config.past_quantile,
        weight=config.past_weight,
        prior_functions=config.past_prior_functions,
        typical=float(quantiles.mean()),
        fewest_functions=config.past_fewest_functions,
        farthest=float(np.quantile(distances, config.past_farthest)),
    )


def past_evidence(rows: Sequence[Row], logits: Floats, counted: Booleans, rule: PastRule) -> Floats:
    """What its project's past adds to the logit of every function, ``(n,)``; NaN where there is none, or no verdict.

    The past is that from before mid-2021, so that code of 2021-22 can stand for a project's new code. A distribution's
    packages have none.

    Args:
        rows: rows of the corpus.
        logits: out-of-sample logits ``(n,)``.
        counted: bool ``(n,)``, the functions with a verdict.
        rule: how much the past counts.
    """
    inside = counted & np.array([not row.is_packaged for row in rows], dtype=bool)
    by_project: dict[str, list[float]] = {}
    for row, logit, is_inside in zip(rows, logits.tolist(), inside.tolist(), strict=True):
        if is_inside and row.label == 0 and not row.modern:
            by_project.setdefault(row.project, []).append(logit)
    found = {
        project: past.evidence for project, old in by_project.items() if (past := rule.past(old)) is not None
    }
    return np.array(
        [
            found.get(row.project, np.nan) if here else np.nan
            for row, here in zip(rows, inside.tolist(), strict=True)
        ],
        dtype=np.float64,
    )
