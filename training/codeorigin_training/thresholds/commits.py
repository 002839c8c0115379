"""The rules for whole commits, and for functions with others in their commit, with or without their file."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from codeorigin.model.calibration.calibration import Calibration
from codeorigin.model.calibration.commit_context import CommitContext
from codeorigin.model.calibration.neighbours import NeighbourRule
from codeorigin.model.calibration.pooled_rule import PooledRule
from codeorigin_training.arrays import Booleans, Floats
from codeorigin_training.data.rows import Row
from codeorigin_training.data.weights import balanced_or_equal_weights
from codeorigin_training.thresholds.by_language import Groups
from codeorigin_training.thresholds.config import CalibrateConfig
from codeorigin_training.thresholds.context import commit_numbers, file_numbers, neighbour_evidence
from codeorigin_training.thresholds.eligibility import has_verdict
from codeorigin_training.thresholds.fit import fit_scale
from codeorigin_training.thresholds.pooled import (
    PooledRuleConfig,
    PooledSample,
    fit_pooled_rule,
    pooled_samples,
)


def commit_samples(rows: Sequence[Row], logits: Floats, config: PooledRuleConfig) -> list[PooledSample]:
    """Group corpus ``rows`` with ``logits`` ``(n,)`` by commit; packages have no commits."""
    return pooled_samples(rows, logits, commit_numbers(rows), config)


def commit_evidence(rows: Sequence[Row], logits: Floats, context: CommitContext, judged: Booleans) -> Floats:
    """What its neighbours add to the logit of every function by ``context``, ``(n,)``.

    NaN if it has none in its commit or, for a context with a rule for the file, none in its commit or none in its file.
    """
    evidence = neighbour_evidence(commit_numbers(rows), logits, context.commit, judged)
    if context.file is not None:
        evidence = evidence + neighbour_evidence(file_numbers(rows), logits, context.file, judged)
    return evidence


def with_commit_rules(
    calibration: Calibration, rows: Sequence[Row], logits: Floats, config: CalibrateConfig, groups: Groups
) -> Calibration:
    """``calibration`` with the rules for commits, fitted to out-of-sample ``logits`` ``(n,)`` of corpus ``rows``.

    Each makes the same promise as the scale of functions by themselves, with repositories as the units. A rule is None
    if these functions are not enough for it.
    """
    neutral = calibration.alone.shift
    judged = np.array([has_verdict(row.code, config) for row in rows], dtype=bool)
    commit, file = config.commit_neighbours(neutral), config.file_beside_commit(neutral)

    def context(file_rule: NeighbourRule | None) -> CommitContext | None:
        unread = CommitContext(commit, calibration.alone, file_rule)
        evidence = commit_evidence(rows, logits, unread, judged)
        heard = np.flatnonzero(np.isfinite(evidence))
        listeners = [rows[index] for index in heard.tolist()]
        if len({row.label for row in listeners}) < 2:
            return None
        scale = fit_scale(
            listeners,
            (logits + evidence)[heard],
            balanced_or_equal_weights(listeners),
            config,
            [groups[index] for index in heard.tolist()],
        )
        return None if scale is None else CommitContext(commit, scale, file_rule)

    return dataclasses.replace(
        calibration,
        commit=fit_pooled_rule(
            PooledRule, commit_samples(rows, logits, config.files), config.files, prior_logit=neutral
        ),
        commit_context=context(None),
        file_and_commit_context=context(file),
    )
